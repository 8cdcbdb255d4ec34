"""Measures Rowshot beside what it replaces; ``python -m bench`` (see ``docs/performance.md``).

Every benchmark runs Rowshot and its peer in turn, against simulators with the same seeds, on the
same machine and within minutes, so that the ratios mean something wherever the absolute figures do
not.
"""

import sys
from pathlib import Path

# The tests' kit holds the world on virtual time.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
