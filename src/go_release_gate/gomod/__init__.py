"""Go's module files: go.mod, go.sum, go.work, versions, import blocks. Pure: bytes in, values out."""
