"""The machine that the pipeline's story runs on: registries, BuildKit, origin, act, and what runs the images."""
