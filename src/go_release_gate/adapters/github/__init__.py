"""GitHub: the runner's protocol and, where a token permits, its API."""
