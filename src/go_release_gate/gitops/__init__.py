"""Edits of manifests that change the bytes of one scalar and nothing else."""
