"""A report as bytes: a module for each format."""
