"""Makes the benchmarks importable: they are no installed package."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))
