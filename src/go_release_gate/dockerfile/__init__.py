"""Dockerfiles as they are written: instructions with their positions, variables, stages, the bases they begin from."""
