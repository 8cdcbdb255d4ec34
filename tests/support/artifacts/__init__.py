"""The built functions and layers, run as Lambda runs them, without a container."""
