"""The part of the shell's language that names images: words, simple expansions, what is written to GITHUB_OUTPUT."""
