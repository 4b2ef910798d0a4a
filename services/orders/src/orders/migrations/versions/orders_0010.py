"""Schedules of reports: what an account said of them, and what reports told."""

from alembic import op

revision = "orders_0010"
down_revision = "orders_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE schedules (
            id uuid PRIMARY KEY,
            account text NOT NULL,
            version int NOT NULL,           -- grows with every word
            said_at timestamptz NOT NULL,   -- of the word that holds
            said jsonb,                     -- fields of contracts.reports.SetSchedule; of a removed one none
            created_at timestamptz NOT NULL DEFAULT now(),
            removed_at timestamptz,         -- kept for a while: what was under way does not bring it back
            confirmed_at timestamptz,       -- the `said_at` that reports told last
            next_due_at timestamptz,
            told_at timestamptz NOT NULL,   -- as of when that is
            last_due_at timestamptz,
            last_fired_at timestamptz,
            last_report_id uuid
        );
        CREATE INDEX schedules_account ON schedules (account, id) WHERE removed_at IS NULL;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE schedules")
