"""One file per fact about a repository: its frozen value and how it is collected."""
