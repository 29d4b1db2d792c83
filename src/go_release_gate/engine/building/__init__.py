"""Programs are built as a release would build them, looked at, and built again elsewhere. Nothing here prints."""
