"""The part of the shell's language that tells what a script runs: words, expansions, conditions, what stays unknown."""
