"""What the functions tell: logs without secrets, and figures."""
