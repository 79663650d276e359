"""What the service desk decides without asking anybody: pure, a file a document."""
