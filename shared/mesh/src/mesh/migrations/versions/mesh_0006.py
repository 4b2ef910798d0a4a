"""What workers counted, until somebody is told."""

from alembic import op

revision = "mesh_0006"
down_revision = "mesh_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE flow_untold (
            day date NOT NULL,          -- UTC's
            queue text NOT NULL,
            message text NOT NULL,      -- its name
            outcome text NOT NULL,      -- handled, retried, or why it is a dead letter
            bucket smallint NOT NULL,   -- of contracts.flow; of what was not handled: 0
            messages bigint NOT NULL,
            PRIMARY KEY (day, queue, message, outcome, bucket)
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE flow_untold")
