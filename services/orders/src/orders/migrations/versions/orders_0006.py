"""Jobs: what takes longer than a request, in parts."""

from alembic import op

revision = "orders_0006"
down_revision = "orders_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE jobs (
            id uuid PRIMARY KEY,
            account text NOT NULL,
            kind text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            total int,      -- what is to be done; NULL: it is still being told
            parts_left int, -- the one that brings it to nought has ended the job
            ended_at timestamptz,
            revoked_at timestamptz
        );
        CREATE INDEX jobs_created ON jobs (created_at);

        CREATE TABLE job_parts (
            job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
            number int NOT NULL,
            message_id uuid NOT NULL,  -- that has it done
            lines jsonb NOT NULL,      -- [number, text] each; emptied when it is done
            total int NOT NULL,
            done_at timestamptz,
            errors jsonb NOT NULL DEFAULT '[]',
            PRIMARY KEY (job_id, number)
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE job_parts, jobs")
