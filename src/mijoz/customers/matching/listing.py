"""Every identity by which a source knows somebody, with the customer it leads to now: written row by row."""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

# A number that a system gave is in the system's account; a phone or an e-mail has no account, its kind says what it is.
# Our own numbers are no source's. Ownership leads to the root already, whatever was merged.
IDENTITIES = """
    COPY (
        SELECT CASE WHEN i.account <> '' THEN i.account ELSE i.kind END AS source, i.value AS source_record,
               o.customer_id AS customer
        FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
        WHERE i.kind <> 'customer'
        ORDER BY 1, 2
    ) TO STDOUT (FORMAT csv, HEADER)
"""


def write_identities(file: Path) -> int:
    """Write the list to `file` in constant memory; returns how many rows it has. Raises OSError."""
    with transaction.atomic(), connection.cursor() as cursor, file.open("wb") as out:
        with cursor.copy(IDENTITIES) as copy:
            for piece in copy:
                out.write(piece)
        return max(cursor.rowcount, 0)
