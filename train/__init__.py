"""Training of vision-language models on gameqa."""
