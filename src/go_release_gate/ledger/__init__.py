"""The release ledger as values: entries, their chain, what runs where, what may be gone back to, what must be kept."""
