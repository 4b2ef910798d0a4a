"""An endpoint is removed at once, however much was on its way there."""

from alembic import op

revision = "orders_0007"
down_revision = "orders_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Its deliveries went with it, in the same transaction. Now they are deleted behind it, some at a time
    # (store/deliveries.py), also where the build before, which is still at work, removes one.
    op.execute("ALTER TABLE deliveries DROP CONSTRAINT deliveries_endpoint_id_fkey")


def downgrade() -> None:
    op.execute("""
        DELETE FROM deliveries WHERE NOT EXISTS (SELECT FROM endpoints WHERE id = endpoint_id);
        ALTER TABLE deliveries ADD CONSTRAINT deliveries_endpoint_id_fkey
            FOREIGN KEY (endpoint_id) REFERENCES endpoints ON DELETE CASCADE;
    """)
