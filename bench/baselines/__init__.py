"""What the mesh is measured against."""
