"""Chores: what is fetched, taken and compared by the clock."""

from alembic import op

revision = "reports_0008"
down_revision = "reports_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE chores (
            command text PRIMARY KEY,       -- the name of what is sent, on the wire
            timing jsonb NOT NULL,          -- contracts.timing.Timing: as the settings say it
            next_due_at timestamptz,        -- the first time that was not sent off yet
            last_due_at timestamptz         -- the last one that was
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE chores")
