"""Rules about how programs are built, and about the binaries and images that come of it."""
