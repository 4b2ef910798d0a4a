"""Inbox, outbox and dead letters."""

from alembic import op

revision = "mesh_0001"
down_revision = None
branch_labels = ("mesh",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE inbox (
            message_id uuid PRIMARY KEY,
            name text NOT NULL,
            begun_at timestamptz NOT NULL DEFAULT now(),
            done_at timestamptz DEFAULT now()  -- NULL: an effect outside the database is under way
        );
        CREATE INDEX inbox_begun ON inbox USING brin (begun_at);  -- for pruning, nearly free to keep

        CREATE TABLE outbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            message_id uuid NOT NULL,
            name text NOT NULL,
            routing_key text,
            queue text,
            envelope json NOT NULL,  -- json, not jsonb: the bytes go out as they were written
            retries int NOT NULL DEFAULT 0,
            due_at timestamptz NOT NULL DEFAULT now(),
            CHECK (num_nonnulls(routing_key, queue) = 1)
        );
        CREATE INDEX outbox_due ON outbox (due_at, seq);
        -- Rows live for milliseconds: vacuum by count of the dead, not by share of the living.
        ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        CREATE TABLE dead_letters (
            id uuid PRIMARY KEY,
            name text,
            queue text NOT NULL,
            reason text NOT NULL,
            error text NOT NULL,
            attempts int NOT NULL,
            body bytea NOT NULL,
            headers json NOT NULL,
            builds text[] NOT NULL,
            died_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX dead_letters_died ON dead_letters (died_at);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE inbox, outbox, dead_letters")
