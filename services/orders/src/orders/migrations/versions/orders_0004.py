"""Events: what became of orders, for clients who follow them."""

from alembic import op

revision = "orders_0004"
down_revision = "orders_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE events (
            account text NOT NULL,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),  -- see store/events.py
            seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            order_id uuid NOT NULL,
            type text NOT NULL,
            at timestamptz NOT NULL,
            data json NOT NULL,
            PRIMARY KEY (account, xid, seq)
        );
        CREATE INDEX events_order ON events (order_id);
        CREATE INDEX events_at ON events (at);
        CREATE TABLE events_forgotten (  -- the last one of them
            one bool PRIMARY KEY DEFAULT true CHECK (one),
            xid xid8 NOT NULL,
            seq bigint NOT NULL
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE events, events_forgotten")
