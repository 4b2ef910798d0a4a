"""What arrived, the facts in it, and the figures that these add up to."""

from alembic import op

revision = "reports_0003"
down_revision = "reports_0002"
branch_labels = None
depends_on = None

_MEASURES = """
            orders bigint NOT NULL,
            items numeric NOT NULL,
            revenue numeric NOT NULL,       -- minor units of the reporting currency
            cancelled bigint NOT NULL,
            cancelled_revenue numeric NOT NULL,
            refunds bigint NOT NULL,
            refunded_revenue numeric NOT NULL,
"""
_KEY = 'text COLLATE "C" NOT NULL'
"""Compared byte by byte: figures are looked up and sorted by such keys, not for people."""


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE landed (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id uuid NOT NULL UNIQUE,   -- the envelope's
            name text NOT NULL,
            order_id uuid NOT NULL,
            at timestamptz NOT NULL,   -- when it happened
            landed_at timestamptz NOT NULL DEFAULT now(),
            said jsonb,                -- what the facts take from it, in our words; empty: its time alone
            envelope json NOT NULL     -- as it came, byte by byte
        ) WITH (toast_tuple_target = 8160);  -- compressed, it would be read slower than it is now
        CREATE INDEX landed_order ON landed (order_id);
        CREATE INDEX landed_at ON landed USING brin (at);

        CREATE TABLE landed_documents (
            digest text PRIMARY KEY,   -- SHA-256 of the body, in hexadecimal
            kind text NOT NULL,
            source text NOT NULL,      -- where it came from
            etag text,
            modified text,             -- what its source said, to be asked with the next time
            landed_at timestamptz NOT NULL DEFAULT now(),
            read_at timestamptz,       -- when all that it says was taken from it
            body bytea                 -- empty: it is in the file store, or nowhere
        );
        CREATE INDEX landed_documents_source ON landed_documents (kind, source, landed_at);

        CREATE TABLE rates (  -- units of a currency for one euro
            currency {_KEY},
            day date NOT NULL,
            rate numeric NOT NULL CHECK (rate > 0),
            said_at timestamptz NOT NULL,
            PRIMARY KEY (currency, day)
        );
        CREATE TABLE conversions (  -- into the reporting currency, for every day on which a rate holds
            currency {_KEY},
            day date NOT NULL,
            ours numeric NOT NULL,    -- so many minor units of the reporting currency
            theirs numeric NOT NULL,  -- are so many of this one
            PRIMARY KEY (currency, day)
        );

        CREATE TABLE orders (
            order_id uuid PRIMARY KEY,
            account text COLLATE "C",
            placed_at timestamptz,     -- empty: something else of it came before that
            day date,                  -- UTC's
            customer uuid,
            country text COLLATE "C",
            currency text COLLATE "C",
            items numeric,
            total numeric,
            revenue numeric,           -- empty: no rate is known
            skus text[] COLLATE "C",   -- of each line: they are never asked for alone, and so no table
            quantities numeric[],
            revenues numeric[],
            paid_at timestamptz,
            shipped_at timestamptz,
            delivered_at timestamptz,
            cancelled_at timestamptz   -- or expired
        ) WITH (fillfactor = 50);      -- paid, all of a page are written again at once: no index has to know
        CREATE INDEX orders_day ON orders (day);
        CREATE INDEX orders_customer ON orders (customer, placed_at);
        CREATE TABLE counted (          -- orders that the figures have: not in `orders`, which others write
            order_id uuid PRIMARY KEY,
            cancelled boolean NOT NULL  -- whether they have that, too
        );
        CREATE TABLE refunds (
            order_id uuid NOT NULL,
            refunded numeric NOT NULL,  -- in all, this time included: each has another
            account {_KEY},
            at timestamptz NOT NULL,
            day date NOT NULL,
            customer uuid NOT NULL,
            country {_KEY},
            currency {_KEY},
            amount numeric NOT NULL,
            revenue numeric,
            reason text,
            counted boolean NOT NULL DEFAULT false,
            PRIMARY KEY (order_id, refunded)
        ) WITH (fillfactor = 50);
        CREATE INDEX refunds_day ON refunds (day);
        CREATE INDEX refunds_customer ON refunds (customer);
        CREATE TABLE customers (  -- the only facts that are personal
            account {_KEY},
            customer uuid NOT NULL,
            email text NOT NULL,
            name text NOT NULL,
            locale text NOT NULL,
            seen_at timestamptz NOT NULL,  -- when that was said
            PRIMARY KEY (customer)
        );
        CREATE INDEX customers_email ON customers (lower(email));
        CREATE TABLE products (
            account {_KEY},
            sku {_KEY},
            name text NOT NULL,
            seen_at timestamptz NOT NULL,
            PRIMARY KEY (account, sku)
        );

        CREATE TABLE hours (
            hour timestamptz NOT NULL,
            account {_KEY},
            currency {_KEY},
            orders bigint NOT NULL,
            items numeric NOT NULL,
            revenue numeric NOT NULL,
            unconverted bigint NOT NULL,
            PRIMARY KEY (hour, account, currency)
        );
        CREATE TABLE days (
            day date NOT NULL,
            account {_KEY},
            currency {_KEY},
            {_MEASURES}
            unconverted bigint NOT NULL,    -- orders and refunds that no rate is known for
            amount numeric NOT NULL,        -- minor units of what customers paid in
            cancelled_amount numeric NOT NULL,
            refunded_amount numeric NOT NULL,
            PRIMARY KEY (day, account, currency)
        );
        CREATE TABLE days_by_country (
            day date NOT NULL,
            account {_KEY},
            country {_KEY},
            {_MEASURES}
            PRIMARY KEY (day, account, country)
        );
        CREATE TABLE days_by_customer (
            day date NOT NULL,
            account {_KEY},
            customer uuid NOT NULL,
            {_MEASURES}
            PRIMARY KEY (day, account, customer)
        );
        CREATE TABLE days_by_product (
            day date NOT NULL,
            account {_KEY},
            sku {_KEY},
            orders bigint NOT NULL,
            items numeric NOT NULL,
            revenue numeric NOT NULL,
            cancelled_items numeric NOT NULL,
            cancelled_revenue numeric NOT NULL,
            PRIMARY KEY (day, account, sku)
        );
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE landed, landed_documents, rates, conversions, orders, counted, refunds, customers,
            products, hours, days, days_by_country, days_by_customer, days_by_product
    """)
