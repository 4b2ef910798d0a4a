"""Replies, and what Celery's canvas has a message carry."""

from alembic import op

revision = "mesh_0002"
down_revision = "mesh_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE inbox ADD COLUMN reply json;
        ALTER TABLE outbox ADD COLUMN carries json;
        ALTER TABLE dead_letters ADD COLUMN carries json;
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE inbox DROP COLUMN reply;
        ALTER TABLE outbox DROP COLUMN carries;
        ALTER TABLE dead_letters DROP COLUMN carries;
    """)
