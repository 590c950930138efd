"""The contract of a game, and everything that turns a key into a sample."""
