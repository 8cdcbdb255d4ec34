"""Starts again what died, and what a person may do to a run: cancel, resume, retry."""
