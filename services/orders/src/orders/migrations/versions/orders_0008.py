"""Jobs that others do: what they told of a part, and what came of it."""

from alembic import op

revision = "orders_0008"
down_revision = "orders_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE jobs
            ADD COLUMN file json,  -- what was made
            ADD COLUMN xid xid8;   -- the greatest of the transactions that did its parts, see store/events.py
        ALTER TABLE job_parts
            ADD COLUMN told text,  -- how it is doing, where another service is at it
            ADD COLUMN told_at timestamptz;
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE jobs DROP COLUMN file, DROP COLUMN xid;
        ALTER TABLE job_parts DROP COLUMN told, DROP COLUMN told_at;
    """)
