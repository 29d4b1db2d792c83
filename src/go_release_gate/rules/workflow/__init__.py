"""Rules about GitHub workflows: what they would push, and from what."""
