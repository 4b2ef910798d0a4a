"""What the workers of all services did."""

from alembic import op

revision = "reports_0007"
down_revision = "reports_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE flow (
            day date NOT NULL,                   -- UTC's
            service text COLLATE "C" NOT NULL,
            queue text COLLATE "C" NOT NULL,
            message text COLLATE "C" NOT NULL,   -- its name
            outcome text COLLATE "C" NOT NULL,   -- handled, retried, or why it is a dead letter
            bucket smallint NOT NULL,            -- of contracts.flow; of what was not handled: 0
            messages bigint NOT NULL,
            PRIMARY KEY (day, service, queue, message, outcome, bucket)
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE flow")
