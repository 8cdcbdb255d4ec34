"""What all unit tests share."""

from __future__ import annotations

from hypothesis import settings

# On a busy machine an example may take long; how long says nothing about the code.
settings.register_profile("rowshot", deadline=None)
settings.load_profile("rowshot")
