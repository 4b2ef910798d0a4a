"""Browsers that want to hear of what concerns a person."""

from alembic import op

revision = "emails_0003"
down_revision = "emails_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE push_subscriptions (
            account text NOT NULL,
            browser bytea NOT NULL,  -- SHA-256 of its endpoint, which alone lets one write to it
            -- What follows is null once it has been removed: nothing of a person stays.
            id uuid UNIQUE,
            email text,              -- in lower case
            endpoint text,
            p256dh text,
            auth text,
            -- The latest word of each kind. The later one of the two holds, in whatever order they come.
            added_at timestamptz NOT NULL DEFAULT '-infinity',
            removed_at timestamptz NOT NULL DEFAULT '-infinity',
            PRIMARY KEY (account, browser)
        );
        CREATE INDEX push_subscriptions_person ON push_subscriptions (account, email) WHERE email IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE push_subscriptions")
