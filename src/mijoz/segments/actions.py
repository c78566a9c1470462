"""What changes segments: writing rules and texts, and the refresh that moves customers between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.events.queries import default_as_of
from mijoz.segments import hooks, queries, rules, sentences
from mijoz.segments.defaults import DEFAULT_SEGMENTS
from mijoz.segments.membership import REFRESH_LOCK
from mijoz.segments.models import Membership, RefreshRun, RfmSettings, Segment, SegmentDay, SegmentMove, SegmentVersion
from mijoz.segments.refreshing import Changes, end_of, move, move_few, past_profiles, take_profiles
from mijoz.segments.scoring import settings_in_force
from mijoz.ui import live

MOST_FOLLOWED = 50_000  # customers noted at once to be judged at once
FOLLOWED_AT_ONCE = 2_000
NOTE_TOUCHED = """
    INSERT INTO segments_touched (customer_id) SELECT DISTINCT unnest(%s::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING
"""
TAKE_TOUCHED = """
    DELETE FROM segments_touched WHERE customer_id IN (
        SELECT customer_id FROM segments_touched ORDER BY customer_id LIMIT %s
    ) RETURNING customer_id
"""


class RuleFixed(ValueError):
    """The rule of the segment that takes everybody who is left cannot be changed."""


class StillAskedFor(ValueError):
    """Other segments ask for the one that is to go."""


class KeyTaken(ValueError):
    """Another segment has this key."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh changed, by key of the segment, and how long it took."""

    as_of: date
    entered: dict[str, int]
    left: dict[str, int]
    unchanged: dict[str, int]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON, for `mijoz refresh --json`."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "seconds": round(self.seconds, 3)}


def install_defaults(*, at: datetime) -> None:
    """Write the five default segments with their first rules, where they are missing."""
    with transaction.atomic():
        present = set(Segment.objects.values_list("key", flat=True))
        for order, default in enumerate(DEFAULT_SEGMENTS, start=1):
            if default.key in present:
                continue
            segment = Segment.objects.create(
                key=default.key,
                names=default.names,
                descriptions=default.descriptions,
                minimal_packages=default.minimal_packages,
                value_adding_packages=default.value_adding_packages,
                order=order,
                is_default=True,
            )
            SegmentVersion.objects.create(segment=segment, number=1, rule=default.rule, written_at=at)


def add_segment(*, key: str, rule: Any, by: StaffMember | None, at: datetime, **texts: Any) -> Segment:
    """A segment beside the default ones. Raises rules.RuleRefused, or KeyTaken."""
    parsed = rules.parse(rule)
    queries.refuse_circles(parsed, segment=None)
    document = parsed.document()
    try:
        with transaction.atomic():
            segment = Segment.objects.create(key=key, order=100, **texts)
            SegmentVersion.objects.create(segment=segment, number=1, rule=document, written_by=by, written_at=at)
    except IntegrityError as error:
        raise KeyTaken(_("There is a segment with the key “%(key)s” already.") % {"key": key}) from error
    return segment


def describe(segment: Segment, **texts: Any) -> Segment:
    """Change name, description and packages of a segment."""
    for name, value in texts.items():
        setattr(segment, name, value)
    segment.save(update_fields=list(texts))
    return segment


def write_rule(segment: Segment, rule: Any, *, by: StaffMember | None, at: datetime) -> SegmentVersion:
    """Put a new rule in force; the same rule again makes no new version. Memberships follow by a refresh.

    Raises rules.RuleRefused when it is not a rule, RuleFixed when the segment takes everybody who is left.
    """
    parsed = rules.parse(rule)
    document = parsed.document()
    with transaction.atomic():
        list(Segment.objects.select_for_update().order_by("pk").values_list("pk"))  # two rules make a circle together
        latest = queries.rule_in_force(segment)
        if latest.rule == document:
            return latest
        if queries.takes_the_rest(segment):
            raise RuleFixed(
                _("%(name)s takes every customer with a purchase whom no other default segment took.")
                % {"name": segment.name}
            )
        queries.refuse_circles(parsed, segment=segment)
        return SegmentVersion.objects.create(
            segment=segment, number=latest.number + 1, rule=document, written_by=by, written_at=at
        )


def write_rfm_settings(
    *, months: int | None, r_weight: int, f_weight: int, m_weight: int, by: StaffMember | None, at: datetime
) -> RfmSettings:
    """Score by these purchases and weights from the next refresh on, which is asked for.

    The same again makes no new version.
    """
    written = {"months": months, "r_weight": r_weight, "f_weight": f_weight, "m_weight": m_weight}
    with transaction.atomic():
        _wait_for_turn()
        latest = settings_in_force()
        if all(getattr(latest, name) == value for name, value in written.items()):
            return latest
        made = RfmSettings.objects.create(number=latest.number + 1, written_by=by, written_at=at, **written)
        ask_for_refresh(by=by, at=at)
    return made


def set_aside(segment: Segment) -> None:
    """Take a segment out of use; its history stays, its members leave at the next refresh.

    Raises StillAskedFor while rules of others ask for it.
    """
    if asking := queries.who_asks_for(segment):
        named = sentences.names([sentences.quoted(name) for name in asking], _("and"))
        raise StillAskedFor(_("The rules of %(names)s ask for this segment; change them first.") % {"names": named})
    Segment.objects.filter(pk=segment.pk, is_default=False).update(is_active=False)


def ask_for_refresh(*, by: StaffMember | None, at: datetime) -> RefreshRun:
    """Ask a worker to refresh segments; returns the run to follow, which may be one that waits already."""
    with transaction.atomic():
        run = waiting_run() or RefreshRun.objects.create(asked_by=by, asked_at=at)
        _defer("segments.refresh")
    return run


def ask_for_replay() -> None:
    """Ask a worker to give the segments their history, see `replay`."""
    _defer("segments.replay")


def waiting_run() -> RefreshRun | None:
    """The run that somebody asked for and no worker has taken yet."""
    return RefreshRun.objects.filter(status=RefreshRun.Status.WAITING).first()


def refresh(*, as_of: date | None = None, at: datetime, run: RefreshRun | None = None) -> Refresh:
    """Score every customer and move them between segments, as of a day (by default default_as_of).

    What changes carries the moment `at`; as of an earlier day it carries the end of that day, though never a
    moment before the latest change there is. Refreshing twice changes nothing.
    """
    started = time.perf_counter()
    day = as_of or default_as_of(at)
    install_defaults(at=at)
    with _followed(run or RefreshRun.objects.create(asked_at=at), day=day, started=started) as (
        run,
        progress,
    ):
        profiles = past_profiles(day, at=at)
        progress(0.4)
        with transaction.atomic():
            _wait_for_turn()
            run.changed_at = _moment_of(day, at=at)
            changes = _apply(day, profiles=profiles, moment=run.changed_at)
            run.cuts = {name: list(cuts) for name, cuts in changes.cuts.items()}
            hooks.refreshed()
    return Refresh(day, changes.entered, changes.left, changes.unchanged, seconds=time.perf_counter() - started)


def note_touched(customer_ids: list[int], *, at: datetime) -> bool:
    """Note whom `follow` is to judge; of more than it should take on, ask for a refresh instead and return False."""
    if len(customer_ids) > MOST_FOLLOWED:
        ask_for_refresh(by=None, at=at)
        return False
    with connection.cursor() as cursor:
        cursor.execute(NOTE_TOUCHED, [customer_ids])
    return True


def follow(*, at: datetime) -> int:
    """Judge the customers noted, as of today, and move them; returns how many were judged.

    Before the first refresh nobody is: it judges all. Scores are cut where the last refresh cut them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn()
        cursor.execute(TAKE_TOUCHED, [FOLLOWED_AT_ONCE])
        customers = [row[0] for row in cursor.fetchall()]
        if not customers or not RefreshRun.objects.exclude(cuts=None).exists():
            return 0
        day = default_as_of(at)
        noted_on = at.astimezone(business().zone).date()
        changed = move_few(queries.ruled_segments(), customers, day=day, moment=at, noted_on=noted_on)
        if not changed.is_empty():
            live.notify("customers", ids=changed["customer_id"].unique().to_list())
            hooks.refreshed()
    return len(customers)


def replay(*, at: datetime, months: int = 12) -> list[date]:
    """Give segments the history that they would have had: a refresh as of the end of each month until now.

    Only while the history is a single day long, so that nothing that happened is overwritten; that day is
    then built again at the end. Returns the days replayed.
    """
    last = default_as_of(at)
    days = queries.month_ends_before(last, months=months)
    install_defaults(at=at)
    with transaction.atomic():
        _wait_for_turn()
        if not days or SegmentDay.objects.values("day").distinct().count() > 1:
            return []
        Membership.objects.all().delete()
        SegmentDay.objects.all().delete()
        SegmentMove.objects.all().delete()
        RefreshRun.objects.exclude(status=RefreshRun.Status.WAITING).update(changed_at=None)
        for day in [*days, last]:
            _apply(day, profiles=past_profiles(day, at=at), moment=min(end_of(day), at))
    return days


def _defer(task: str) -> None:
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=task, lock="segments").defer()
    except AlreadyEnqueued:
        pass  # the job that waits will do


def _apply(day: date, *, profiles: pl.DataFrame | None, moment: datetime) -> Changes:
    profile = take_profiles(profiles)
    noted_on = moment.astimezone(business().zone).date()
    return move(queries.ruled_segments(), profile=profile, day=day, moment=moment, noted_on=noted_on)


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFRESH_LOCK])


def _moment_of(day: date, *, at: datetime) -> datetime:
    latest = RefreshRun.objects.aggregate(latest=Max("changed_at"))["latest"]
    moment = min(end_of(day), at)
    return max(at, latest) if latest and latest > moment else moment


@contextmanager
def _followed(run: RefreshRun, *, day: date, started: float) -> Iterator[tuple[RefreshRun, Callable[[float], None]]]:
    """Keep the run's row up to date, so that a page can show how far it is and how it ended."""
    run.status, run.as_of = RefreshRun.Status.RUNNING, day
    run.save()

    def progress(share: float) -> None:
        run.share_done = share
        run.save(update_fields=["share_done"])

    try:
        yield run, progress
    except Exception as error:
        run.status, run.error = RefreshRun.Status.FAILED, str(error)
        raise
    else:
        run.status, run.share_done = RefreshRun.Status.DONE, 1
    finally:
        run.seconds = time.perf_counter() - started
        run.save()
