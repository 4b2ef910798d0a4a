"""Parts of a job that have a name: those of a report."""

from alembic import op

revision = "orders_0011"
down_revision = "orders_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE job_parts ADD COLUMN name text")


def downgrade() -> None:
    op.execute("ALTER TABLE job_parts DROP COLUMN name")
