"""When a rate was said, documents that lie elsewhere, and orders that differed from those there."""

from alembic import op

revision = "reports_0005"
down_revision = "reports_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE rates ADD COLUMN said_at timestamptz NOT NULL DEFAULT now();
        CREATE INDEX landed_documents_source ON landed_documents (kind, source, landed_at);
        ALTER TABLE landed_documents ALTER COLUMN body DROP NOT NULL;
        CREATE TABLE reconciled (
            day date NOT NULL,
            account text COLLATE "C" NOT NULL,
            order_id uuid NOT NULL,
            what text NOT NULL,        -- what differed
            landed boolean NOT NULL,   -- whether what was missing has landed
            found_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (day, order_id, what)
        );
        COMMENT ON COLUMN landed_documents.body IS 'empty: it is in the file store, or nowhere';
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE reconciled;
        DELETE FROM landed_documents WHERE body IS NULL;
        ALTER TABLE landed_documents ALTER COLUMN body SET NOT NULL;
        DROP INDEX landed_documents_source;
        ALTER TABLE rates DROP COLUMN said_at
    """)
