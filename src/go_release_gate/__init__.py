"""go-release-gate: the one step between a Go repository and its release."""

__version__ = "0.1.0"
