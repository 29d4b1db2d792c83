"""Finished images without an engine: manifests, layers laid over each other, the files and programs judged in them."""
