"""The service of the measurement has no tables but the mesh's own."""
