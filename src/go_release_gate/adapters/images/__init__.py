"""Where finished images are: a registry, a folder in OCI's layout, an archive."""
