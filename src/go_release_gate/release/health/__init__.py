"""Verdicts about the health of an environment after a move."""
