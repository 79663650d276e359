"""Pure Python of the product: money, dates, numbers, machines. Imports no framework."""
