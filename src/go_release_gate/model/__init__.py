"""Frozen values that every room speaks of. No input, no output."""
