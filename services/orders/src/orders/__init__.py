"""The HTTP edge of the mesh: takes orders, announces them, and shows what became of them."""
