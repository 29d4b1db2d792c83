"""The settings as dataclasses, their loading, and the schema generated from them."""
