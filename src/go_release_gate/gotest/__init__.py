"""What `go test` says: its events, what failed in them and where, coverage profiles, lines that changed. Pure."""
