"""Every identity by which a source knows somebody, with the customer it leads to now: written row by row."""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

# A source's record is what means something in its account alone: a number, a card, a messenger's id. A phone or e-mail
# is nobody's record, and our own numbers are no source's. Ownership leads to the present customer, whatever was merged.
IDENTITIES = """
    COPY (
        SELECT i.account AS source, i.value AS source_record, o.customer_id AS customer
        FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
        WHERE i.account <> ''
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
