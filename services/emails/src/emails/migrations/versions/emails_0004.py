"""What campaigns, doubts and people are found by, built while mails are written."""

from alembic import op

revision = "emails_0004"
down_revision = "emails_0003"
branch_labels = None
depends_on = None

INDEXES = {
    "mails_campaign": "(campaign_id) WHERE campaign_id IS NOT NULL",
    "mails_in_doubt": "(intended_at) WHERE doubts > 0 OR state = 'in_doubt'",
    "mails_person": "(lower(to_address))",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, columns in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # half of one, of a run that was ended
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON mails {columns}")


def downgrade() -> None:
    op.execute(f"DROP INDEX {', '.join(INDEXES)}")
