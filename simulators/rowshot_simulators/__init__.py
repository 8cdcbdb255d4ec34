"""Stand-ins for the vendors, written from their documentation; they import nothing of the core."""
