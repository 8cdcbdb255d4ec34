"""Rowshot on a laptop: the engine, the simulators, the live page and the command line."""
