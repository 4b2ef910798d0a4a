"""A database that remembers all that was ever put into its outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from mesh.database import Tx

WATCH = """
    CREATE TABLE put (seq bigint GENERATED ALWAYS AS IDENTITY, id uuid, name text, data json, at timestamptz);
    CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO put (id, name, data, at)
            VALUES (NEW.message_id, NEW.name, NEW.envelope -> 'data', clock_timestamp());
        RETURN NEW;
    END $$;
    CREATE TRIGGER watch AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION watch();
"""


def put(tx: Tx, name: str) -> list[tuple[UUID, Any, datetime]]:
    """Id, data and time of each message of that name that was ever put into the outbox."""
    return tx.execute("SELECT id, data, at FROM put WHERE name = %s ORDER BY seq", (name,)).fetchall()
