"""Discover, plan, collect, judge."""
