"""What PostgreSQL's planner believes of tables."""

from __future__ import annotations

from django.db import connection

# Not those that were never counted, for which the planner looks at the file itself.
LOOK_EMPTY = """
    SELECT relname FROM pg_class
    WHERE relname = ANY(%s) AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
      AND reltuples = 0 AND relpages > 0
    ORDER BY relname
"""


def count_what_looks_empty(*tables: str) -> None:
    """Let the planner count those of the tables that it believes empty.

    PostgreSQL counts a table while a first import still fills it: then it sees pages without a row, believes so however
    many rows follow, and reads the whole table anew for each row of another, until it happens to count once more.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK_EMPTY, [list(tables)])
        if found := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(found)}")  # who finds another at it leaves it to them
