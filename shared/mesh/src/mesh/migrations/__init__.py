"""The mesh's own tables, in every service's database: alembic versions on a branch named `mesh`."""
