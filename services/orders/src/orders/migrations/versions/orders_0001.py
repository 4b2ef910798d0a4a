"""Orders and their timelines."""

from alembic import op

revision = "orders_0001"
down_revision = None
branch_labels = ("orders",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE orders (
            id uuid PRIMARY KEY,
            placed_at timestamptz NOT NULL,
            email text NOT NULL,
            name text NOT NULL,
            locale text NOT NULL,
            currency text NOT NULL,
            total bigint NOT NULL,  -- minor units
            lines jsonb NOT NULL    -- as ordered: they never change, and are never asked for alone
        );
        CREATE TABLE timeline (
            order_id uuid NOT NULL,  -- no foreign key: news may overtake what it is about
            at timestamptz NOT NULL,
            service text NOT NULL,
            what text NOT NULL
        );
        CREATE INDEX timeline_order ON timeline (order_id, at);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE orders, timeline")
