"""Shared code, from a layer."""

LABEL = "from the shared layer"
