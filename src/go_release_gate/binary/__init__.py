"""What a built Go program says of itself: its ELF header and sections, and the build information Go recorded."""
