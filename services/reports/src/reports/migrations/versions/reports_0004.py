"""Schedules: what falls due when, and what has been sent off."""

from alembic import op

revision = "reports_0004"
down_revision = "reports_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE schedules (
            id uuid PRIMARY KEY,
            account text,                   -- NULL: of all accounts together
            said_at timestamptz NOT NULL,   -- of the word that holds
            removed_at timestamptz,         -- kept for a while: what was under way does not bring it back
            said jsonb,                     -- fields of contracts.reports.SetSchedule; of a removed one none
            next_due_at timestamptz,        -- the first time that was not sent off yet; NULL: there is none
            last_due_at timestamptz         -- the last one that was
        );
        CREATE INDEX schedules_due ON schedules (next_due_at) WHERE next_due_at IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE schedules")
