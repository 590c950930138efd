"""Evaluation of vision-language models on gameqa."""
