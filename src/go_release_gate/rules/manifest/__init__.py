"""Rules about workloads: what manifests say of a container beside the image it runs."""
