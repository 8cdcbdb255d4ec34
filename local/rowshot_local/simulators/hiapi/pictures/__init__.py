"""The pictures that the simulated hiapi makes: a studio shot with the prompt to read in it."""

from .drawing import Drawing, draw
from .sizes import pixels

__all__ = ["Drawing", "draw", "pixels"]
