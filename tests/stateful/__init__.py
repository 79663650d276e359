"""Random histories of the money, checked after each step against a plain ledger that shares nothing with the product."""
