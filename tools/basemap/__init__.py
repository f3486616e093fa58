"""Draws the project's own base map of Nice; run `python -m tools.basemap`."""
