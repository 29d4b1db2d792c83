"""How attributes are called in the configuration file."""


def key_of(attribute: str) -> str:
    """The key of the file that stands for an attribute."""
    return attribute.replace("_", "-")
