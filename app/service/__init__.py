"""客服: what residents call the office for."""
