"""The money cases: stories in YAML that run through the product's own operations."""
