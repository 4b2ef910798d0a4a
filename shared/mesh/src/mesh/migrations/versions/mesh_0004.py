"""What waits in the outbox for a later time is found by its id, to be withdrawn."""

from alembic import op

revision = "mesh_0004"
down_revision = "mesh_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX outbox_message ON outbox USING hash (message_id)")


def downgrade() -> None:
    op.execute("DROP INDEX outbox_message")
