"""The country of a customer, for figures by country."""

from alembic import op

revision = "orders_0009"
down_revision = "orders_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN country text")


def downgrade() -> None:
    op.execute("ALTER TABLE orders DROP COLUMN country")
