"""General benchmarks of vision-language models for lm-eval: does training on games carry over to other questions?

Group `gameqa_transfer`; each benchmark is a YAML file and a module that turns a row of its public data set, in the
columns documented there, into a `rules.Question`. docs/transfer.md tells how the scores differ from published ones.
"""
