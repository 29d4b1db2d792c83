"""The edges: processes, the Go command, git, the clock, GitHub."""
