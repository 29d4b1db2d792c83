"""Who pushes images: actions, docker's command line, ko, GoReleaser. Each says which names, from known words."""
