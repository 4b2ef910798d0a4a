"""Orders have an owner, a status and a version; keys open them; answers are kept for who asks again."""

from alembic import op

revision = "orders_0002"
down_revision = "orders_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        -- Constant defaults: the build before, which is still at work, writes none of these, and no row is
        -- written anew.
        ALTER TABLE orders
            ADD COLUMN account text NOT NULL DEFAULT 'default',
            ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
            ADD COLUMN status text NOT NULL DEFAULT 'placed',
            ADD COLUMN version int NOT NULL DEFAULT 1,
            ADD COLUMN refunded bigint NOT NULL DEFAULT 0,  -- minor units
            ADD COLUMN expires_at timestamptz,
            ADD COLUMN changed_at timestamptz;
        CREATE TABLE order_metadata (
            account text NOT NULL,
            name text NOT NULL,
            value text NOT NULL,
            order_id uuid NOT NULL,
            PRIMARY KEY (account, name, value, order_id)
        );
        CREATE TABLE keys (
            id text PRIMARY KEY,
            account text NOT NULL,
            name text NOT NULL,
            scopes text[] NOT NULL,
            hash bytea NOT NULL,  -- SHA-256 of 256 random bits: nothing slower is needed
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz,
            revoked_at timestamptz
        );
        CREATE TABLE answers (
            account text NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            status int NOT NULL,
            headers jsonb NOT NULL,
            body text NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (account, key)
        );
        CREATE INDEX answers_at ON answers (at);
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE answers, keys, order_metadata;
        ALTER TABLE orders
            DROP COLUMN account, DROP COLUMN metadata, DROP COLUMN status, DROP COLUMN version,
            DROP COLUMN refunded, DROP COLUMN expires_at, DROP COLUMN changed_at;
    """)
