"""Image registries: who may ask, and what they say about a name (OCI distribution specification 1.1)."""
