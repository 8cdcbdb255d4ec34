"""The pictures that the simulated hiapi makes: a studio shot with the prompt to read in it."""

from .drawing import Drawing, draw
from .flaws import FLAWS
from .sizes import pixels

__all__ = ["FLAWS", "Drawing", "draw", "pixels"]
