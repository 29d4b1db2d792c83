"""Rules about release tags and the images they release."""
