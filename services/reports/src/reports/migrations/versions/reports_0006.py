"""Reports that somebody asked for, as they are made in parts, and statements of all customers."""

from alembic import op

revision = "reports_0006"
down_revision = "reports_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE asked_reports (
            report_id uuid PRIMARY KEY,
            wanted jsonb NOT NULL,          -- fields of contracts.reports.MakeReport
            asked_at timestamptz NOT NULL DEFAULT now(),
            made_at timestamptz,
            broken_part text                -- of the last failure that nothing follows by itself
        );
        CREATE TABLE statements (
            report_id uuid NOT NULL REFERENCES asked_reports ON DELETE CASCADE,
            number int NOT NULL,
            customer uuid NOT NULL,
            file jsonb,                     -- empty: it is not written yet
            PRIMARY KEY (report_id, number)
        );
        CREATE INDEX asked_reports_asked_at ON asked_reports (asked_at);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE statements, asked_reports")
