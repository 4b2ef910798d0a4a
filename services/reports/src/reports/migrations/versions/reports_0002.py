"""Sales figures of each account, and reports that nobody wants any more."""

from alembic import op

revision = "reports_0002"
down_revision = "reports_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE account_sales (  -- beside `sales`, which builds of before go on filling
            account text NOT NULL,
            day date NOT NULL,
            currency text NOT NULL,
            orders bigint NOT NULL,
            items bigint NOT NULL,
            revenue numeric NOT NULL,
            PRIMARY KEY (account, day, currency)
        );
        CREATE TABLE revoked_reports (
            report_id uuid PRIMARY KEY,
            at timestamptz NOT NULL DEFAULT now()
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE account_sales, revoked_reports")
