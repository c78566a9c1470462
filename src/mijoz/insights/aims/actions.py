"""Setting what is wanted of a KPI, and the daily look at whether it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from mijoz.analysis.kpis import targets
from mijoz.business.models import StaffMember
from mijoz.insights.aims import queries
from mijoz.insights.aims.queries import Row
from mijoz.insights.models import KpiAim, KpiAlert

LOOKING_LOCK = 0x4D696A6F7A05  # two looks at once would open an alert twice


@dataclass(frozen=True, slots=True)
class Looked:
    """How many alerts a look opened, left open and closed."""

    opened: int
    still_open: int
    closed: int


def aim_at(name: str, *, target: float | None, tolerance: float, owner: StaffMember | None, is_watched: bool) -> KpiAim:
    """Write what is wanted of the KPI. An open alert goes to the new owner."""
    with transaction.atomic():
        wanted = {"target": target, "tolerance": tolerance, "owner": owner, "is_watched": is_watched}
        aim, _is_new = KpiAim.objects.update_or_create(name=name, defaults=wanted)
        KpiAlert.objects.filter(name=name, closed_at=None).update(owner=owner)
    return aim


def look(as_of: date, *, at: datetime) -> Looked:
    """Compare what is watched with its target: open an alert for what missed it, close those that are good again.

    An alert is opened once, when the value is further from the target than tolerated, and stays until the target is
    reached, the target or the watch was given up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOOKING_LOCK])
        found = {row.definition.name: row for row in queries.rows(as_of)}
        still: list[KpiAlert] = []
        closed: list[KpiAlert] = []
        for alert in queries.open_alerts():
            (closed if _is_over(alert, found.get(alert.name)) else still).append(alert)
        for alert in closed:
            row = found.get(alert.name)
            alert.closed_on, alert.closed_at, alert.seen_on = as_of, at, as_of
            if row is not None and row.value is not None and row.value.value is not None:
                alert.last_value = row.value.value
        for alert in still:
            _see_again(alert, found[alert.name], as_of)
        opened = [_new(row, as_of, at) for row in found.values() if _is_missed(row)]
        KpiAlert.objects.bulk_update(
            [*closed, *still], ["closed_on", "closed_at", "seen_on", "last_value", "certainty", "owner"]
        )
        KpiAlert.objects.bulk_create(opened)
    return Looked(len(opened), len(still), len(closed))


def _is_over(alert: KpiAlert, row: Row | None) -> bool:
    return row is None or not row.aim.is_watched or row.state == "good"


def _is_missed(row: Row) -> bool:
    return row.aim.is_watched and row.state == "bad" and row.alert is None


def _see_again(alert: KpiAlert, row: Row, as_of: date) -> None:
    """What the alert says now; a day without a value says nothing new."""
    alert.owner = row.aim.owner
    if row.value is None or row.value.value is None:
        return
    alert.seen_on, alert.last_value, alert.certainty = as_of, row.value.value, _certainty(row)


def _new(row: Row, as_of: date, at: datetime) -> KpiAlert:
    value = row.value
    assert value is not None
    assert value.value is not None
    assert row.aim.target is not None
    return KpiAlert(
        name=row.definition.name,
        opened_on=as_of,
        opened_at=at,
        seen_on=as_of,
        month=value.month,
        target=row.aim.target,
        value=value.value,
        low=value.low,
        high=value.high,
        last_value=value.value,
        certainty=_certainty(row),
        owner=row.aim.owner,
    )


def _certainty(row: Row) -> str:
    assert row.value is not None
    assert row.aim.target is not None
    return targets.certainty(
        row.value.low,
        row.value.high,
        target=row.aim.target,
        higher_is_better=bool(row.definition.higher_is_better),
    )
