"""Releases carried out: the ledger read and written, moves planned and applied, health judged, people told."""
