"""Shows what the warehouse has published, and exports it."""
