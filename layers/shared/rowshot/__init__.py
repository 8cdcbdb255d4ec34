"""Rowshot's domain: everything that is true whatever starts it, AWS or a laptop."""
