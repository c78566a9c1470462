"""What the pages of segments show: sizes and how they changed, members, and the RFM map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Max, Min, QuerySet, Sum

from mijoz.business.models import StaffMember
from mijoz.segments import queries, rules, sentences
from mijoz.segments.models import Membership, RefreshRun, Score, Segment, SegmentDay, SegmentMove, SegmentVersion
from mijoz.segments.queries import Described

CHANGE_PERIOD = timedelta(days=30)
SHOWN_BY_DAY = timedelta(days=92)  # a longer history is shown by months
SHOWN_HISTORY = timedelta(days=730)
SHOWN_MEMBERS = 10
SHOWN_VERSIONS = 20
UNSCORED = (None, None)  # nobody has the score, so it has no cuts
FOLLOWED = timedelta(minutes=15)  # a refresh that has not ended by then was lost with its worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A segment's figures as of the last refresh. Shares are of all customers who bought; None without any.

    `change`, `entered` and `left` cover the 30 days before; `change` is None when the history is shorter.
    """

    customers: int = 0
    customer_share: float | None = None
    revenue: Decimal = Decimal(0)
    revenue_share: float | None = None
    change: int | None = None
    entered: int = 0
    left: int = 0

    @property
    def revenue_per_customer(self) -> Decimal | None:
        return self.revenue / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Card:
    described: Described
    figures: Figures

    @property
    def segment(self) -> Segment:
        return self.described.segment


@dataclass(frozen=True, slots=True)
class Overview:
    cards: list[Card]
    last_run: RefreshRun | None

    @property
    def default_cards(self) -> list[Card]:
        return [card for card in self.cards if card.segment.is_default]

    @property
    def other_cards(self) -> list[Card]:
        return [card for card in self.cards if not card.segment.is_default]

    @property
    def customers(self) -> int:
        """Customers in the default segments, which are all who have bought."""
        return sum(card.figures.customers for card in self.default_cards)


@dataclass(frozen=True, slots=True)
class Moves:
    """Who came to a segment and who left it in a month."""

    month: date
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Customers who went from one default segment to another one in the 30 days before; None is none of them."""

    origin: Segment | None
    destination: Segment | None
    customers: int


@dataclass(frozen=True, slots=True)
class EarlierRule:
    """A rule that was in force before; `sentence` is empty when it asks for facts no longer known."""

    number: int
    sentence: str
    written_at: datetime
    written_by: StaffMember | None


@dataclass(frozen=True, slots=True)
class Detail:
    card: Card
    versions: list[SegmentVersion]  # the latest first
    members: list[Membership]
    last_run: RefreshRun | None
    earlier_rules: list[EarlierRule]
    takes_the_rest: bool
    came_from: list[Flow]  # the most first
    went_to: list[Flow]
    others: list[tuple[str, str, str]]  # the rule in the other languages: code, language, sentence


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers with one pair of scores; `warmth` from 0 to 1 is their number against the fullest cell."""

    customers: int
    revenue: Decimal
    warmth: float


@dataclass(frozen=True, slots=True)
class RfmRow:
    r_score: int
    first_day: date | None
    last_day: date | None
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class RfmMap:
    """Customers by recency and frequency, the best at the top right; `columns` are (score, fewest, most)."""

    rows: list[RfmRow]
    columns: list[tuple[int, int | None, int | None]]
    customers: int


def overview() -> Overview:
    """All segments in use with their figures."""
    by_segment = figures()
    cards = [Card(found, by_segment.get(found.segment.pk, Figures())) for found in queries.described()]
    return Overview(cards, last_run())


def detail(segment: Segment) -> Detail:
    """One segment with its figures, the versions of its rule, and its members with the highest revenue."""
    found = next(found for found in queries.described() if found.segment.pk == segment.pk)
    versions = list(segment.versions.select_related("written_by").order_by("-number")[:SHOWN_VERSIONS])
    members = Membership.objects.filter(segment=segment, left_at=None).select_related(
        "customer__profile", "customer__rfm"
    )
    flows = flows_between() if segment.is_default else []
    return Detail(
        card=Card(found, figures().get(segment.pk, Figures())),
        versions=versions,
        members=list(members.order_by("-customer__profile__revenue", "customer_id")[:SHOWN_MEMBERS]),
        last_run=last_run(),
        earlier_rules=[_earlier_rule(version) for version in versions[1:]],
        takes_the_rest=queries.takes_the_rest(segment),
        came_from=[flow for flow in flows if flow.destination == segment],
        went_to=[flow for flow in flows if flow.origin == segment],
        others=queries.in_other_languages(found.ruled.rule, queries.before(segment)),
    )


def figures() -> dict[int, Figures]:
    """The figures of each segment, by its id."""
    last = SegmentDay.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return {}
    latest = list(SegmentDay.objects.filter(day=last).select_related("segment"))
    before = SegmentDay.objects.filter(day__lte=last - CHANGE_PERIOD).order_by("segment", "-day").distinct("segment")
    size_before = dict(before.values_list("segment", "customers"))
    recent = SegmentDay.objects.filter(day__gt=last - CHANGE_PERIOD).order_by().values("segment")
    moved = {row["segment"]: row for row in recent.annotate(came=Sum("entered"), went=Sum("left"))}
    buyers = sum(day.customers for day in latest if day.segment.is_default)
    revenue = sum((day.revenue for day in latest if day.segment.is_default), Decimal(0))
    return {
        day.segment_id: Figures(
            customers=day.customers,
            customer_share=day.customers / buyers if buyers else None,
            revenue=day.revenue,
            revenue_share=float(day.revenue / revenue) if revenue else None,
            change=day.customers - size_before[day.segment_id] if day.segment_id in size_before else None,
            entered=moved[day.segment_id]["came"],
            left=moved[day.segment_id]["went"],
        )
        for day in latest
    }


def last_run() -> RefreshRun | None:
    """The last refresh that came to its end."""
    return RefreshRun.objects.filter(status=RefreshRun.Status.DONE).first()


def open_run(at: datetime) -> RefreshRun | None:
    """The refresh that waits or runs now."""
    states = [RefreshRun.Status.WAITING, RefreshRun.Status.RUNNING]
    return RefreshRun.objects.filter(status__in=states, asked_at__gt=at - FOLLOWED).first()


def sizes_over_time(segment: Segment | None = None) -> list[SegmentDay]:
    """Sizes of the segment, or of each default one, by day; of more than three months the last day of each month."""
    days = SegmentDay.objects.select_related("segment").order_by("day", "segment__order")
    days = days.filter(segment=segment) if segment is not None else days.filter(segment__is_default=True)
    ends = days.aggregate(first=Min("day"), last=Max("day"))
    if ends["last"] is None:
        return []
    shown = list(days.filter(day__gt=ends["last"] - SHOWN_HISTORY))
    if ends["last"] - ends["first"] <= SHOWN_BY_DAY:
        return shown
    kept = _last_day_of_each_month(day.day for day in shown)
    return [day for day in shown if day.day in kept]


def moves_by_month(segment: Segment) -> list[Moves]:
    """Who came and went, month by month."""
    days = SegmentDay.objects.filter(segment=segment).order_by("day")
    months = groupby(days, key=lambda day: day.day.replace(day=1))
    moves = []
    for month, rows in months:
        listed = list(rows)
        moves.append(Moves(month, sum(day.entered for day in listed), sum(day.left for day in listed)))
    return moves[-24:]


def flows_between() -> list[Flow]:
    """Who went from which default segment to which in the 30 days until the last refresh, the most first."""
    last = SegmentDay.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return []
    recent = SegmentMove.objects.filter(day__gt=last - CHANGE_PERIOD).order_by().values("origin", "destination")
    segments: dict[int | None, Segment] = {segment.pk: segment for segment in Segment.objects.filter(is_default=True)}
    return [
        Flow(segments.get(row["origin"]), segments.get(row["destination"]), row["moved"])
        for row in recent.annotate(moved=Sum("customers")).order_by("-moved", "origin", "destination")
    ]


def rfm_map() -> RfmMap:
    """How many customers have each pair of scores, and what a score means in days and purchases."""
    scores: QuerySet[Score] = Score.objects.order_by()
    counted = scores.values("r_score", "f_score").annotate(customers=Count("pk"), spent=Sum("revenue"))
    found = {(row["r_score"], row["f_score"]): row for row in counted}
    days = scores.values("r_score").annotate(first=Min("last_purchase_on"), last=Max("last_purchase_on"))
    recency = {row["r_score"]: (row["first"], row["last"]) for row in days}
    purchases = scores.values("f_score").annotate(fewest=Min("purchases"), most=Max("purchases"))
    frequency = {row["f_score"]: (row["fewest"], row["most"]) for row in purchases}
    fullest = max((row["customers"] for row in found.values()), default=0)

    def cell(r_score: int, f_score: int) -> Cell:
        row = found.get((r_score, f_score))
        return Cell(row["customers"], row["spent"], row["customers"] / fullest) if row else Cell(0, Decimal(0), 0)

    return RfmMap(
        rows=[
            RfmRow(r_score, *recency.get(r_score, UNSCORED), [cell(r_score, f_score) for f_score in range(1, 6)])
            for r_score in range(5, 0, -1)
        ],
        columns=[(f_score, *frequency.get(f_score, UNSCORED)) for f_score in range(1, 6)],
        customers=sum(row["customers"] for row in found.values()),
    )


def _earlier_rule(version: SegmentVersion) -> EarlierRule:
    try:
        sentence = sentences.of_rule(rules.parse(version.rule))
    except rules.RuleRefused:
        sentence = ""
    return EarlierRule(version.number, sentence, version.written_at, version.written_by)


def _last_day_of_each_month(days: Iterable[date]) -> set[date]:
    last: dict[tuple[int, int], date] = {}
    for day in days:
        last[day.year, day.month] = day
    return set(last.values())
