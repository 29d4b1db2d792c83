"""Image references in manifests: Kubernetes, kustomize, Helm, compose, workflows, Dockerfiles. Pure, with positions."""
