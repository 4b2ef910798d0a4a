"""Which version of a message a dead letter is, and a quick look at those that wait for another build."""

from alembic import op

revision = "mesh_0003"
down_revision = "mesh_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE dead_letters ADD COLUMN version int;
        -- A name is known where an envelope was: the body is that, written by us.
        UPDATE dead_letters
        SET version = substring(convert_from(body, 'UTF8') FROM '"version":(\\d{1,9})')::int
        WHERE name IS NOT NULL;
        CREATE VIEW parked AS
        SELECT * FROM dead_letters WHERE reason IN ('unknown', 'contract') AND name IS NOT NULL;
        CREATE INDEX dead_letters_parked ON dead_letters (queue, name, version)
        WHERE reason IN ('unknown', 'contract') AND name IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("""
        DROP VIEW parked;
        DROP INDEX dead_letters_parked;
        ALTER TABLE dead_letters DROP COLUMN version;
    """)
