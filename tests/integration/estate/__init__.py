"""The estate over HTTP."""
