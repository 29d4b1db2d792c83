"""Telling GitHub: what to report on, at which lines, in which order, and what to do when it does not answer."""
