"""Measures Rowshot beside what it replaces; ``python -m bench`` (see ``docs/performance.md``).

Every benchmark runs Rowshot and its peer in turn, against simulators with the same seeds, on the
same machine and within minutes, so that the ratios mean something wherever the absolute figures do
not.
"""
