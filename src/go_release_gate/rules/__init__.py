"""Every rule: a pure function from facts to findings."""
