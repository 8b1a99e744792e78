"""Photo in, photo out: this floor stores nothing and knows nobody."""
