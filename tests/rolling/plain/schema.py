"""The tables of plain Celery's flow, named as the mesh's are where the ledger looks."""

TABLES = """
    CREATE TABLE orders (id uuid PRIMARY KEY, email text NOT NULL, total bigint NOT NULL);
    CREATE TABLE timeline (order_id uuid NOT NULL, what text NOT NULL);
    CREATE TABLE sales (orders bigint NOT NULL, revenue bigint NOT NULL);
    INSERT INTO sales VALUES (0, 0);
"""
