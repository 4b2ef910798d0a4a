"""What lists of orders are read from, built while orders are placed."""

from alembic import op

revision = "orders_0003"
down_revision = "orders_0002"
branch_labels = None
depends_on = None

# An id begins with its time, so each of these is in the order of the list.
INDEXES = {
    "orders_account": "account, id",
    "orders_status": "account, status, id",
    "orders_email": "account, email, id",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # half of one, of a run that was ended
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON orders ({columns})")


def downgrade() -> None:
    op.execute(f"DROP INDEX {', '.join(INDEXES)}")
