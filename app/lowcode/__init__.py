"""The engine: from one declaration of a document to its pages, permissions, exports, history and jobs."""
