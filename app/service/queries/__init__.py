"""The reads of the service desk."""
