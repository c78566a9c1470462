"""Undoing an import: what it made disappears, what it told goes back, and what has its own life by now stays.

An identity goes when nothing but this import speaks of it; a customer goes when all their identities go and nothing
else happened to them since. Everything else stays, with the values it had before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers import actions, hooks
from mijoz.customers.identity import merging
from mijoz.customers.identity.linking import MANY_PEOPLE
from mijoz.customers.importing import files
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.models import Customer, ImportRun
from mijoz.events import lake
from mijoz.events.models import Identity

Status = ImportRun.Status
WRITE_LOCK = 0x4D696A6F7A02  # as of imports: none writes meanwhile
# What follows from the log or from rules by itself, and is no reason to keep anybody.
COMPUTED = frozenset(
    {
        "customers.AuditScore",
        "customers.Customer",
        "customers.Profile",
        "customers.Ownership",
        "customers.Merge",
        "customers.Pair",
        "customers.Look",
        "customers.PortalLink",
        "customers.MetAgain",
        "segments.Membership",
        "segments.Score",
        "scenarios.Enrolment",
    }
)
BY_ITSELF = ("scenario_enrolled", "protocol_set", "profile_declared")  # rows of the log that our rules write
OF_RUN = {"customers.Note": "note", "customers.Tagging": "tagging", "customers.Consent": "consent"}
KEPT_BECAUSE: dict[str, str | Promise] = {
    "events": _("something else is known to have happened to them"),
    "told": _("somebody else told of them too"),
    "met": _("another import tells of them too"),
    "proved": _("they proved who they are"),
    "others": _("they are known by something that was here before"),
    "merged": _("somebody else was merged into them"),
    "channels.Message": _("messages were sent to them"),
    "customers.Note": _("staff wrote notes about them"),
    "customers.Tagging": _("staff tagged them"),
    "customers.Consent": _("they answered about consent themselves"),
    "customers.Protocol": _("staff set how they are served"),
    "customers.Relation": _("they are related to somebody"),
    "customers.Preferences": _("they chose preferences"),
    "scenarios.Task": _("staff have a task with them"),
}

EVENTS = """
    CREATE TEMP TABLE undo_event ON COMMIT DROP AS
    SELECT id, identity_id FROM events_event
    WHERE written_by = ANY(%(transactions)s) AND received_at >= %(since)s
"""
IDENTITIES = """
    CREATE TEMP TABLE undo_identity ON COMMIT DROP AS
    SELECT i.id, o.customer_id, coalesce(o.home_id, o.customer_id) AS home_id,
        CASE
            WHEN EXISTS (
                SELECT FROM events_event e WHERE e.identity_id = i.id AND NOT (e.type = ANY(%(by_itself)s))
                AND NOT EXISTS (SELECT FROM undo_event u WHERE u.id = e.id)
            ) THEN 'events'
            WHEN EXISTS (
                SELECT FROM customers_imported x JOIN customers_importrun r ON r.id = x.run_id
                WHERE x.row = i.id AND x.what IN ('identity', 'met') AND r.id <> %(run)s AND r.status <> 'undone'
            ) THEN 'met'
            WHEN EXISTS (
                SELECT FROM customers_trait t WHERE t.identity_id = i.id
                AND NOT (t.source_id = %(source)s AND t.told_at = %(told_at)s)
            ) THEN 'told'
            WHEN o.proved_at IS NOT NULL THEN 'proved'
            ELSE ''
        END AS kept
    FROM events_identity i LEFT JOIN customers_ownership o ON o.identity_id = i.id
    WHERE i.id IN (SELECT row FROM customers_imported WHERE run_id = %(run)s AND what = 'identity')
"""
# Under its own number a customer is spoken of by our own services; that keeps nobody as long as no person did it.
OWN_NUMBERS = """
    INSERT INTO undo_identity
    SELECT i.id, o.customer_id, o.home_id, CASE
        WHEN EXISTS (
            SELECT FROM events_event e WHERE e.identity_id = i.id
            AND (NOT (e.type = ANY(%(by_itself)s)) OR e.payload->>'by' LIKE '%%@%%')
            AND NOT EXISTS (SELECT FROM undo_event u WHERE u.id = e.id)
        ) THEN 'events'
        WHEN EXISTS (SELECT FROM customers_trait t WHERE t.identity_id = i.id) THEN 'told'
        ELSE '' END
    FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
    WHERE i.kind = 'customer' AND coalesce(o.home_id, o.customer_id) IN (SELECT home_id FROM undo_identity)
      AND i.id NOT IN (SELECT id FROM undo_identity)
"""
CUSTOMERS = """
    CREATE TEMP TABLE undo_customer ON COMMIT DROP AS
    SELECT c.home_id AS id, coalesce(
        CASE WHEN EXISTS (
            SELECT FROM customers_ownership o WHERE coalesce(o.home_id, o.customer_id) = c.home_id
            AND NOT EXISTS (SELECT FROM undo_identity u WHERE u.id = o.identity_id)
        ) THEN 'others' END,
        max(c.kept) FILTER (WHERE c.kept <> ''),
        CASE WHEN EXISTS (
            SELECT FROM customers_customer a WHERE a.merged_into_id = c.home_id
            AND a.id NOT IN (SELECT home_id FROM undo_identity WHERE home_id IS NOT NULL)
        ) THEN 'merged' END,
        ''
    ) AS kept
    FROM undo_identity c WHERE c.home_id IS NOT NULL GROUP BY c.home_id
"""
VALUES = """
    SELECT count(*) FILTER (WHERE before IS NOT NULL), count(*) FILTER (WHERE before IS NULL)
    FROM customers_importedtrait b JOIN customers_trait t
      ON t.identity_id = b.identity_id AND t.name = b.name AND t.source_id = %(source)s AND t.told_at = %(told_at)s
    WHERE b.run_id = %(run)s
"""
TELL_AS_BEFORE = """
    UPDATE customers_trait t SET
        value = b.before->>'value', original = b.before->>'original', trouble = b.before->>'trouble',
        told_at = (b.before->>'told_at')::timestamptz, told_by = b.before->>'told_by'
    FROM customers_importedtrait b
    WHERE b.run_id = %(run)s AND b.before IS NOT NULL AND t.identity_id = b.identity_id AND t.name = b.name
      AND t.source_id = %(source)s AND t.told_at = %(told_at)s
"""
UNTELL = """
    DELETE FROM customers_trait t
    WHERE t.source_id = %(source)s AND t.told_at = %(told_at)s AND (
        t.identity_id IN (SELECT id FROM undo_identity)
        OR EXISTS (
            SELECT FROM customers_importedtrait b
            WHERE b.run_id = %(run)s AND b.before IS NULL AND b.identity_id = t.identity_id AND b.name = t.name
        )
    )
"""
TAKE_ROWS = {
    "notes": "DELETE FROM customers_note WHERE id IN ({rows})",
    "tags": "DELETE FROM customers_tagging WHERE id IN ({rows})",
    "consents": """
        DELETE FROM customers_consent WHERE id IN ({rows}) AND given_through = 'import' AND answered_at = %(told_at)s
    """,
}
ROWS_OF = "SELECT row FROM customers_imported WHERE run_id = %(run)s AND what = '{what}'"
WHAT = {"notes": "note", "tags": "tagging", "consents": "consent"}
TAKE_EVENTS = """
    DELETE FROM events_event e WHERE e.id IN (SELECT id FROM undo_event)
    OR e.identity_id IN (SELECT id FROM undo_identity WHERE kept = '')
"""
TOUCH = """
    INSERT INTO events_touched (identity_id)
    SELECT DISTINCT identity_id FROM undo_event JOIN customers_ownership USING (identity_id)
"""
# What followed from its rows for others: a question that nobody answered yet, a phone known as a crowd's.
TAKE_PAIRS = "DELETE FROM customers_pair WHERE state = 'waiting' AND id IN ({rows})"
TAKE_SHARED = f"""
    UPDATE customers_ownership SET is_shared = false, shared_because = ''
    WHERE shared_because = '{MANY_PEOPLE}' AND identity_id IN ({{rows}})
"""  # noqa: S608 - built from constants
WHAT_FOLLOWED = {"pair": TAKE_PAIRS, "shared": TAKE_SHARED}
LEFT_OVER = """
    SELECT DISTINCT customer_id FROM customers_ownership WHERE identity_id IN (
        SELECT id FROM undo_identity
        UNION ALL SELECT identity_id FROM customers_importedtrait WHERE run_id = %(run)s
        UNION ALL SELECT identity_id FROM undo_event
        UNION ALL SELECT row FROM customers_imported WHERE run_id = %(run)s AND what = 'met'
    )
"""
ROWS = f"""
    SELECT
        (SELECT count(*) FROM customers_note WHERE id IN ({ROWS_OF.format(what="note")})),
        (SELECT count(*) FROM customers_tagging WHERE id IN ({ROWS_OF.format(what="tagging")})),
        (SELECT count(*) FROM customers_consent WHERE id IN ({ROWS_OF.format(what="consent")})
         AND given_through = 'import' AND answered_at = %(told_at)s)
"""  # noqa: S608 - built from constants
# Who stays for what somebody did with them stays reachable; of the others only what is still told of them stays.
KEEP_THEIR_IDENTITIES = """
    UPDATE undo_identity SET kept = 'customer'
    WHERE kept = '' AND home_id IN (SELECT id FROM undo_customer WHERE kept = 'merged' OR kept LIKE '%%.%%')
"""


@dataclass(slots=True)
class Undoing:
    """What undoing an import takes away, and what stays; `kept` counts customers by a key of KEPT_BECAUSE."""

    customers: int = 0  # that disappear
    customers_kept: int = 0
    identities: int = 0
    events: int = 0  # rows of the log
    values_back: int = 0  # that go back to what was told before
    values_gone: int = 0  # told of somebody who stays, where nothing was told before
    notes: int = 0
    tags: int = 0
    consents: int = 0
    kept: dict[str, int] = field(default_factory=dict)

    @property
    def reasons(self) -> list[tuple[str | Promise, int]]:
        """Why customers stay, and how many for each reason."""
        return [
            (KEPT_BECAUSE.get(reason, _("something else is kept about them")), count)
            for reason, count in sorted(self.kept.items(), key=lambda each: -each[1])
        ]


def can_undo(run: ImportRun) -> bool:
    """Whether the import wrote anything that can be taken back."""
    return run.status in {Status.DONE, Status.FAILED, Status.CANCELLED} and bool(run.transactions)


def plan(run: ImportRun) -> Undoing:
    """What undoing would do now; changes nothing."""
    with transaction.atomic():
        with _looked_at(run) as given:
            found = _counted(given)
        transaction.set_rollback(True)
    return found


def ask(run: ImportRun) -> bool:
    """Let a worker undo the import; False when it is not one that can be undone."""
    if not can_undo(run):
        return False
    return bool(ImportRun.objects.filter(pk=run.pk, status=run.status).update(status=Status.UNDOING))


def undo(run: ImportRun, *, at: datetime) -> Undoing:
    """Take the import back, all of it or nothing. Raises ImportRefused when there is nothing to take back."""
    if run.status != Status.UNDOING and not can_undo(run):
        raise ImportRefused(_("This import wrote nothing that could be undone."))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        if current.status == Status.UNDONE:
            return Undoing(**current.undone)
        with _looked_at(current) as given:
            found = _counted(given)
            _take_back(given)
        current.status, current.undone, current.finished_at = Status.UNDONE, asdict(found), at
        current.save(update_fields=["status", "undone", "finished_at"])
    if found.events:
        lake.forget()
    actions.project()
    files.forget(current)
    hooks.import_finished()
    run.refresh_from_db()
    return found


@contextmanager
def _looked_at(run: ImportRun) -> Iterator[dict[str, Any]]:
    """Find what the run wrote and what of it stays, as tables of this transaction."""
    given = {
        "run": run.pk,
        "source": run.source_id,
        "told_at": run.started_at or run.created_at,
        "since": run.created_at,
        "transactions": run.transactions,
        "by_itself": list(BY_ITSELF),
    }
    with connection.cursor() as cursor:
        for statement in (EVENTS, "CREATE INDEX ON undo_event (id)", IDENTITIES, OWN_NUMBERS):
            cursor.execute(statement, given)
        cursor.execute("CREATE INDEX ON undo_identity (id); CREATE INDEX ON undo_identity (home_id)")
        cursor.execute(CUSTOMERS, given)
        for statement in _with_a_life_of_their_own():
            cursor.execute(statement, given)
        cursor.execute(KEEP_THEIR_IDENTITIES, given)
        cursor.execute("ANALYZE undo_event, undo_identity, undo_customer")
        yield given
        cursor.execute("DROP TABLE undo_event, undo_identity, undo_customer")


def _with_a_life_of_their_own() -> list[str]:
    """Statements that mark customers whom a row of some table makes worth keeping."""
    found = []
    for relation in _relations(Customer):
        label, table = relation.model._meta.label, relation.model._meta.db_table
        if label in COMPUTED or not getattr(relation, "db_constraint", True):
            continue
        own = ROWS_OF.format(what=OF_RUN[label]) if label in OF_RUN else ""
        rows = f"SELECT {relation.column} FROM {table} WHERE true"  # noqa: S608 - built from the models
        if own:
            rows += f" AND id NOT IN ({own})"
        if label == "customers.Protocol":
            rows += " AND set_by LIKE '%%@%%'"
        found.append(
            f"UPDATE undo_customer SET kept = '{label}' WHERE kept = '' AND id IN ({rows})"  # noqa: S608 - the same
        )
    return found


def _relations(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of all models, hidden ones too, that lead to this model."""
    relations = model._meta.get_fields(include_hidden=True)
    return [each.field for each in relations if each.auto_created and not each.concrete and hasattr(each, "field")]


def _counted(given: dict[str, Any]) -> Undoing:
    found = Undoing()
    with connection.cursor() as cursor:

        def one(query: str) -> tuple[int, ...]:
            cursor.execute(query, given)
            return cursor.fetchone()

        (found.customers,) = one("SELECT count(*) FROM undo_customer WHERE kept = ''")
        (found.identities,) = one("SELECT count(*) FROM undo_identity WHERE kept = ''")
        (found.events,) = one("SELECT count(*) FROM undo_event")
        found.values_back, found.values_gone = one(VALUES)
        found.notes, found.tags, found.consents = one(ROWS)
        cursor.execute("SELECT kept, count(*) FROM undo_customer WHERE kept <> '' GROUP BY kept")
        found.kept = dict(cursor.fetchall())
        found.customers_kept = sum(found.kept.values())
    return found


def _take_back(given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER, given)
        concerned = {row[0] for row in cursor.fetchall()}
        cursor.execute(TOUCH)
        cursor.execute(TAKE_EVENTS)
        cursor.execute(TELL_AS_BEFORE, given)
        cursor.execute(UNTELL, given)
        for what, statement in WHAT_FOLLOWED.items():
            cursor.execute(statement.format(rows=ROWS_OF.format(what=what)), given)
        for name, statement in TAKE_ROWS.items():
            cursor.execute(statement.format(rows=ROWS_OF.format(what=WHAT[name])), given)
        cursor.execute("SELECT id FROM undo_identity WHERE kept = ''")
        identities = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT id FROM undo_customer WHERE kept = ''")
        customers = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "UPDATE customers_customer SET merged_into_id = NULL WHERE merged_into_id = ANY(%s)", [customers]
        )
    Identity.objects.filter(pk__in=identities).delete()
    Customer.objects.filter(pk__in=customers).delete()
    merging.rebuild(sorted(concerned - set(customers)))
