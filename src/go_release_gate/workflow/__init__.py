"""GitHub workflow documents and what they would do: positions, triggers, expressions, names. Pure."""
