"""Sales figures by day and currency."""

from alembic import op

revision = "reports_0001"
down_revision = None
branch_labels = ("reports",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE sales (
            day date NOT NULL,
            currency text NOT NULL,
            orders bigint NOT NULL,
            items bigint NOT NULL,
            revenue numeric NOT NULL,  -- minor units; a bigint would end at 9.2e18
            PRIMARY KEY (day, currency)
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE sales")
