"""Measurements of the program beside simpler ones."""
