"""Chance from a seed, also where the code asks the system for it: ids, leases, secrets."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def seeded_chance(seed: int) -> Iterator[None]:
    """Lets ``random``, ``secrets`` and ``uuid4`` draw from a seed.

    Args:
        seed: Where all draws come from.
    """
    draws = random.Random(f"the system's chance {seed}").randbytes  # noqa: S311 - for tests
    module: Any = random
    random.seed(seed)
    with patch.object(os, "urandom", draws), patch.object(module, "_urandom", draws):
        yield
