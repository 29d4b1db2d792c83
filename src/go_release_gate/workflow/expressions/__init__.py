"""GitHub's expression language (`${{ … }}`): read, and evaluated where the text alone is enough."""
