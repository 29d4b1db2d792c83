"""Where the ledger lies and how its entries are signed: git, GitHub's interface, keys; and its views."""
