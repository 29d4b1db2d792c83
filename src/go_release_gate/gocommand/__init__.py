"""Command lines of `go`: what they ask for, and which Go knows what they ask."""
