"""Serve the built pages with cells that run."""
