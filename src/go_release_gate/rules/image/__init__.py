"""Rules about images: what they are called, what names them, what a registry holds."""
