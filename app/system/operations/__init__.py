"""What changes operators and roles; every rule of who may give what stands in `guards`."""
