"""Image names from tags: the language of docker/metadata-action v6.2.0 and the same answers by default.

Pure: texts and a context go in (`inputs.Inputs`, `context.Context`), `evaluate.evaluate` gives an `Answer`.
"""
