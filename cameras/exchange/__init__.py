"""Cameras to and from files: columns.py says which column is which field; the rest reads and writes."""
