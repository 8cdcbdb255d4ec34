"""A Google Sheets server for tests and local runs, written from Google's REST documentation.

It keeps the grid: what a client writes is what the next one reads. It imports nothing of the
product, so that it cannot share the product's misreadings.
"""

from .cells import Cell, Formula
from .person import Person
from .server import run_forever, start_sheets_simulator
from .simulator import SheetsSimulator, SheetsSimulatorOptions
from .traffic import SheetsFault

__all__ = [
    "Cell",
    "Formula",
    "Person",
    "SheetsFault",
    "SheetsSimulator",
    "SheetsSimulatorOptions",
    "run_forever",
    "start_sheets_simulator",
]
