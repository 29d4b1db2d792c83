"""Images: references, digests, the language that names tags. Pure: no files, processes, clock or environment."""
