"""What is asked about the health of a service: addresses, commands, a Prometheus server."""
