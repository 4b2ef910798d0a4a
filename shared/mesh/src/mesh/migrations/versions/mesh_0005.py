"""What the inbox may forget is found in the order of time, built while messages are handled."""

from alembic import op

revision = "mesh_0005"
down_revision = "mesh_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS inbox_begun_at")  # half of one, of a run that was ended
        op.execute("CREATE INDEX CONCURRENTLY inbox_begun_at ON inbox (begun_at)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS inbox_begun")  # of ranges of pages: see decision 0025


def downgrade() -> None:
    op.execute("""
        CREATE INDEX inbox_begun ON inbox USING brin (begun_at);
        DROP INDEX inbox_begun_at;
    """)
