"""Orders that differed from those of the orders service."""

from alembic import op

revision = "reports_0005"
down_revision = "reports_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE reconciled (
            day date NOT NULL,
            account text COLLATE "C" NOT NULL,
            order_id uuid NOT NULL,
            what text NOT NULL,        -- what differed
            landed boolean NOT NULL,   -- whether what was missing has landed
            found_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (day, order_id, what)
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE reconciled")
