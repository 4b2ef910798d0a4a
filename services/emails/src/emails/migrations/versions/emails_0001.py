"""Mails: intended, and sent."""

from alembic import op

revision = "emails_0001"
down_revision = None
branch_labels = ("emails",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE mails (
            id uuid PRIMARY KEY,
            kind text NOT NULL,
            order_id uuid NOT NULL,
            to_address text NOT NULL,
            subject text NOT NULL,
            tries int NOT NULL DEFAULT 1,  -- more than one: it was uncertain whether it had been sent
            intended_at timestamptz NOT NULL DEFAULT now(),
            sent_at timestamptz
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE mails")
