"""A whole Rowshot in one process, on virtual time: for tests that break it on purpose."""
