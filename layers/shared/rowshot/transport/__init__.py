"""How we talk to addresses that others chose: which are safe, and how they are reached."""
