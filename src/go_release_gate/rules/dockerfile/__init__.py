"""Rules about Dockerfiles: what they build from, what they run, what they leave in the image."""
