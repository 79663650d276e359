"""What the office can do on this machine: `make bench` measures, `make soak` works on it for long."""
