"""ETL and reports: keeps the sales figures of the mesh."""
