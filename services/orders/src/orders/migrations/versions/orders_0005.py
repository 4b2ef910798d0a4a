"""Webhooks: endpoints, what is on its way to them, and each attempt."""

from alembic import op

revision = "orders_0005"
down_revision = "orders_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE events ALTER COLUMN order_id DROP NOT NULL;  -- an endpoint's are of no order

        CREATE TABLE endpoints (
            id uuid PRIMARY KEY,
            account text NOT NULL,
            url text NOT NULL,
            types text[] NOT NULL,  -- none: all
            description text,
            secret text NOT NULL,  -- as it is: it has to sign
            old_secret text,
            old_secret_until timestamptz,
            enabled bool NOT NULL DEFAULT true,
            disabled_why text,
            failing_since timestamptz,
            created_at timestamptz NOT NULL,
            xid xid8 NOT NULL,  -- the position of the last event that it was given
            seq bigint NOT NULL
        );
        CREATE INDEX endpoints_account ON endpoints (account, id);

        CREATE TABLE deliveries (
            id uuid PRIMARY KEY,
            endpoint_id uuid NOT NULL REFERENCES endpoints ON DELETE CASCADE,
            event_id text NOT NULL,
            type text NOT NULL,
            body text NOT NULL,
            state text NOT NULL DEFAULT 'pending',
            failures int NOT NULL DEFAULT 0,
            -- When it is tried next; while it is tried: when again, if the process that does so dies.
            due_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at) WHERE state = 'pending';
        CREATE INDEX deliveries_ended ON deliveries (due_at) WHERE state <> 'pending';
        CREATE INDEX deliveries_endpoint ON deliveries (endpoint_id, id);
        CREATE INDEX deliveries_state ON deliveries (endpoint_id, state, id);

        CREATE TABLE attempts (
            delivery_id uuid NOT NULL REFERENCES deliveries ON DELETE CASCADE,
            at timestamptz NOT NULL,
            milliseconds int NOT NULL,
            status int,
            error text
        );
        CREATE INDEX attempts_delivery ON attempts (delivery_id, at);
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE attempts, deliveries, endpoints;
        DELETE FROM events WHERE order_id IS NULL;
        ALTER TABLE events ALTER COLUMN order_id SET NOT NULL;
    """)
