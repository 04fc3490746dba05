"""What the record says: posterior, narratives against the record, hindcasts, checks of the method."""
