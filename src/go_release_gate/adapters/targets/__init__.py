"""The places that a move changes: a tag in a registry, files in git, a workload of a cluster, a command."""
