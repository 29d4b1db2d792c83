"""The engine of `test`: modules are listed, their tests run and read, coverage is counted and judged."""
