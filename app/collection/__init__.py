"""收款: cashier desk, receipts, allocations."""
