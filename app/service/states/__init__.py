"""Labelled enums and machines of the service desk, a file a document."""
