"""What became of each mail, what people want, and campaigns."""

from alembic import op

revision = "emails_0002"
down_revision = "emails_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An older build goes on writing: what it does not know has a default.
    op.execute("""
        ALTER TABLE mails
            ALTER order_id DROP NOT NULL,
            -- intended, waiting, sent, failed, suppressed, unwanted, in_doubt. Builds before this one leave
            -- it at intended, and write sent_at.
            ADD state text NOT NULL DEFAULT 'intended',
            ADD doubts int NOT NULL DEFAULT 0,           -- how often a worker died that may have sent it
            ADD report_id uuid,
            ADD campaign_id uuid,
            ADD counted boolean NOT NULL DEFAULT false,  -- whether its campaign knows that it has met its end
            ADD provider text;

        CREATE TABLE suppressions (
            person bytea PRIMARY KEY,  -- SHA-256 of the address in lower case
            email text,                -- NULL: forgotten
            why text NOT NULL,
            since timestamptz NOT NULL
        );
        CREATE TABLE preferences (
            account text NOT NULL,     -- whose customer; '': nobody's
            person bytea NOT NULL,
            kind text NOT NULL,
            channel text NOT NULL,
            email text,
            wanted boolean NOT NULL,
            said_at timestamptz NOT NULL,
            PRIMARY KEY (person, account, kind, channel)
        );
        CREATE TABLE campaigns (
            id uuid PRIMARY KEY,
            account text,
            kind text NOT NULL,
            remaining int NOT NULL,    -- mails that have not met their end
            begun_at timestamptz NOT NULL DEFAULT now(),
            ended_at timestamptz
        );
        CREATE TABLE batches (
            id uuid PRIMARY KEY,       -- the message that asked for it
            campaign_id uuid NOT NULL REFERENCES campaigns,
            account text,
            kind text NOT NULL,
            subject text NOT NULL,
            paragraphs text[] NOT NULL,
            action json                -- label and URL of a button
        );
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE batches, campaigns, preferences, suppressions;
        DELETE FROM mails WHERE order_id IS NULL;
        ALTER TABLE mails DROP state, DROP doubts, DROP report_id, DROP campaign_id, DROP counted,
            DROP provider, ALTER order_id SET NOT NULL;
    """)
