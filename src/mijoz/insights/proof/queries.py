"""Pilots as they stand, computed from the log when they are asked for: no page tells yesterday's answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

import polars as pl

from mijoz.analysis import experiments, rfm
from mijoz.analysis.arms import HOLD_OUT, TREATED, SampleRatio, sample_ratio
from mijoz.analysis.experiments import Verdict
from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof import held_out
from mijoz.analysis.proof.always_valid import FEWEST_IN_AN_ARM, USUAL_LOOK, confidence_at_shortest
from mijoz.analysis.proof.money import Return, worth
from mijoz.analysis.proof.planning import plan as plan_for_share
from mijoz.business.queries import business
from mijoz.customers import queries as customer_queries
from mijoz.events import lake
from mijoz.events.queries import default_as_of
from mijoz.insights import goals
from mijoz.insights.dimensions import Names
from mijoz.insights.models import Comparison, Improvement, KpiValue, PilotPlan
from mijoz.insights.queries import WORTH_SEEING, Effect, effects, shown_day
from mijoz.scenarios import checking, fidelity, sentences
from mijoz.scenarios.definition import Definition, Goal
from mijoz.scenarios.models import Scenario, ScenarioVersion
from mijoz.segments.models import Membership

RECENT_WEEKS = 8
LOG: dict[str, pl.DataType | type[pl.DataType]] = {
    "scenario": pl.String,
    "customer_id": pl.Int64,
    "enrolled_at": pl.Datetime("us", "UTC"),
    "arm": pl.String,
    "segment": pl.String,
    "goal": pl.String,
    "window_days": pl.Int64,
    "version": pl.Int64,
}


class State(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DECIDED = "decided"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Pilot:
    """A plan, or a scenario that ran without one."""

    scenario: Scenario
    definition: Definition
    latest_version: int
    changed_at: datetime | None  # when a later version than that of the plan was written
    plan: PilotPlan | None = None

    @property
    def key(self) -> str:
        return f"plan/{self.plan.pk}" if self.plan else f"scenario/{self.scenario.key}"

    @property
    def of_money(self) -> bool:
        return self.plan is not None and self.plan.of_money

    @property
    def window_days(self) -> int:
        return self.plan.window_days if self.plan else self.definition.goal.window_days

    @property
    def goal(self) -> Goal:
        """What counts as reached: as the plan fixed it, else as the scenario has it."""
        return Goal(**self.plan.reaches) if self.plan else self.definition.goal

    @property
    def goal_text(self) -> str:
        return sentences.goal(self.goal)

    @property
    def wanted(self) -> int | None:
        """How many customers the plan wants."""
        return self.plan.customers if self.plan else None


@dataclass(frozen=True)
class Reading:
    """A pilot as of the end of a day. `enrolled` counts by arm whoever began, `rows` those who have had their time."""

    pilot: Pilot
    as_of: date
    enrolled: dict[str, int]
    rows: Sequence[held_out.Row]
    expected_share: float | None
    recent: int  # enrolled in the last RECENT_WEEKS

    @cached_property
    def compared(self) -> held_out.Compared:
        return held_out.compare(self.rows, shortest_at=self.shortest_at)

    @property
    def shortest_at(self) -> int:
        return max(2, self.pilot.wanted or USUAL_LOOK)

    @property
    def measured(self) -> held_out.Measured:
        """The difference on the goal that was fixed; without a plan on the goal rate."""
        return self.compared.money if self.pilot.of_money else self.compared.goal

    @property
    def answer(self) -> Difference:
        return self.measured.answer

    @property
    def enrolled_treated(self) -> int:
        return self.enrolled.get(TREATED, 0)

    @property
    def enrolled_held_out(self) -> int:
        return self.enrolled.get(HOLD_OUT, 0)

    @property
    def enrolled_in_all(self) -> int:
        return sum(self.enrolled.values())

    @property
    def waiting(self) -> int:
        """Enrolled, with a window that is still open."""
        return max(0, self.enrolled_in_all - self.compared.customers)

    @cached_property
    def ratio(self) -> SampleRatio | None:
        """The arms' sizes against what they should be; None where nobody is to be held out."""
        if self.expected_share is None or not 0 < self.expected_share < 1 or not self.enrolled_in_all:
            return None
        return sample_ratio(
            treated=self.enrolled_treated,
            held_out=self.enrolled_held_out,
            holdout_share=self.expected_share,
        )

    @property
    def is_mismatched(self) -> bool:
        return self.ratio is not None and self.ratio.mismatch

    @property
    def verdict(self) -> Verdict:
        """What the customers say, whether or not the comparison can be trusted."""
        return experiments.verdict(self.answer.low, self.answer.high, smaller_arm=self.compared.smaller_arm)

    @property
    def called(self) -> str:
        """The verdict as pages call it: planned before it starts, broken when the comparison cannot be trusted."""
        if self.state == State.PLANNED:
            return "planned"
        return "broken" if self.is_mismatched else self.verdict.value

    @property
    def is_complete(self) -> bool:
        """Whether as many as were planned have had their time."""
        return self.pilot.wanted is not None and self.compared.customers >= self.pilot.wanted

    @property
    def was_changed(self) -> bool:
        """Whether the scenario was changed under the plan, so that nobody comes to the comparison any more."""
        return self.pilot.changed_at is not None

    @property
    def state(self) -> State:
        plan = self.pilot.plan
        if plan is not None and plan.started_at is None:
            return State.PLANNED
        if self.is_mismatched:
            return State.BROKEN
        is_clear = self.verdict in (Verdict.WORKS, Verdict.HARMS)
        if is_clear or self.is_complete or (plan is not None and plan.ended_at is not None):
            return State.DECIDED
        if self.was_changed and not self.waiting:
            return State.BROKEN
        return State.RUNNING

    @property
    def missing_in_smaller_arm(self) -> int:
        return max(0, FEWEST_IN_AN_ARM - self.compared.smaller_arm)

    @cached_property
    def missing(self) -> int:
        """How many customers more the plan wants, or would want for WORTH_SEEING, beyond those who are enrolled."""
        if self.pilot.wanted is not None:
            return max(0, self.pilot.wanted - self.enrolled_in_all)
        held, n = self.compared.held_out, self.compared.customers
        if not held.n or held.n == n:
            return 0
        rate = held.reached / held.n
        needed = plan_for_share(
            goal_rate=rate,
            difference=WORTH_SEEING if rate + WORTH_SEEING <= 1 else -WORTH_SEEING,
            holdout_share=held.n / n,
            customers_a_week=0,
            window_days=self.pilot.window_days,
            confidence=confidence_at_shortest(),
        )
        return max(0, needed.customers - self.enrolled_in_all)

    @property
    def a_week(self) -> float:
        return self.recent / RECENT_WEEKS

    @property
    def rules_out(self) -> bool:
        """Whether an effect as large as was hoped for can be excluded."""
        plan = self.pilot.plan
        return plan is not None and self.answer.high is not None and self.answer.high < plan.smallest

    @property
    def worth(self) -> Return | None:
        """The effect in money over those who were treated and have had their time."""
        each = self.compared.money.answer
        if each.low is None or not self.compared.treated.n:
            return None
        plan = self.pilot.plan
        return worth(
            each,
            treated=self.compared.treated.n,
            cost_each=float(self.pilot.definition.package_cost or 0),
            fixed_cost=float(plan.fixed_cost) if plan else 0.0,
            margin=plan.margin if plan else 1.0,
        )

    def looks(self) -> list[held_out.Look]:
        return held_out.looks(self.rows, of_money=self.pilot.of_money, shortest_at=self.shortest_at)

    def by_segment(self) -> held_out.BySegment:
        return held_out.by_segment(self.rows, of_money=self.pilot.of_money, shortest_at=self.shortest_at)


@dataclass(frozen=True, slots=True)
class ProofPage:
    """A reading with all that its page shows beside it."""

    reading: Reading
    looks: list[held_out.Look]
    segments: held_out.BySegment
    segment_names: Mapping[str, str]
    board: Effect | None
    fidelity: fidelity.Fidelity | None
    earlier: list[PilotPlan]
    improvements: list[Improvement]


def of_plans(plans: Iterable[int] | None = None) -> list[Pilot]:
    """Every plan, or only these."""
    wanted = PilotPlan.objects.select_related("scenario", "version", "made_by", "started_by", "ended_by")
    found = list(wanted if plans is None else wanted.filter(pk__in=list(plans)))
    versions = _versions({plan.scenario_id for plan in found})
    return [_pilot(plan.scenario, versions[plan.scenario_id], plan) for plan in found]


def of_scenarios(keys: Iterable[str] | None = None) -> list[Pilot]:
    """Every scenario for itself, or only these, each with everybody who was ever enrolled."""
    found = list(Scenario.objects.all() if keys is None else Scenario.objects.filter(key__in=list(keys)))
    versions = _versions({scenario.pk for scenario in found})
    return [_pilot(scenario, versions[scenario.pk], None) for scenario in found]


def _versions(scenarios: Collection[int]) -> dict[int, list[ScenarioVersion]]:
    """All versions of each scenario, the latest last."""
    found: dict[int, list[ScenarioVersion]] = {}
    for version in ScenarioVersion.objects.filter(scenario__in=scenarios).order_by("number"):
        found.setdefault(version.scenario_id, []).append(version)
    return found


def _pilot(scenario: Scenario, versions: Sequence[ScenarioVersion], plan: PilotPlan | None) -> Pilot:
    latest = versions[-1]
    number = plan.version.number if plan and plan.version else None
    later = [version for version in versions if number is not None and version.number > number]
    used = plan.version if plan and plan.version else latest
    ended_at = plan.ended_at if plan else None
    changed = [version.written_at for version in later if ended_at is None or version.written_at < ended_at]
    return Pilot(scenario, checking.parse(used.definition), latest.number, changed[0] if changed else None, plan)


def readings(found: Sequence[Pilot], *, at: datetime) -> list[Reading]:
    """These pilots as of the day that figures are shown for; one pass over the log for all of them."""
    as_of, company = default_as_of(at), business()
    events, ownership = lake.whole(), customer_queries.ownership_frame()
    keys = {pilot.scenario.key for pilot in found}
    known = _enrolments(events, ownership, keys) if keys else pl.DataFrame(schema=LOG)
    parts = [part for pilot in found if not (part := _of_pilot(pilot, known)).is_empty()]
    taken = pl.concat(parts) if parts else pl.DataFrame(schema=LOG)
    taken = _with_segments(taken)
    measured, reached = goals.measurable(taken)
    theirs = ownership.join(taken.select("customer_id").unique(), on="customer_id", how="semi")
    of_enrolled = rfm.purchases(events, theirs)
    rows: dict[str, list[held_out.Row]] = {}
    counts: dict[str, dict[str, int]] = {}
    if not taken.is_empty():
        for row in held_out.sums(measured, of_enrolled, reached=reached, as_of=as_of, zone=company.time_zone):
            rows.setdefault(row.pilot, []).append(row)
        counts = held_out.enrolled(taken)
    recent = _recent(taken, as_of)
    shares = _expected_shares(taken, found)
    return [
        Reading(
            pilot=pilot,
            as_of=as_of,
            enrolled=counts.get(pilot.key, {}),
            rows=rows.get(pilot.key, []),
            expected_share=pilot.plan.holdout_share if pilot.plan else shares.get(pilot.key),
            recent=recent.get(pilot.key, 0),
        )
        for pilot in found
    ]


def reading_of_plan(plan: int, *, at: datetime) -> Reading | None:
    found = readings(of_plans([plan]), at=at)
    return found[0] if found else None


def reading_of_scenario(key: str, *, at: datetime) -> Reading | None:
    """The scenario by itself, with everybody who was ever enrolled."""
    found = readings(of_scenarios([key]), at=at)
    return found[0] if found else None


def current_plan(scenario: Scenario) -> PilotPlan | None:
    """The plan that runs, else the last one."""
    plans = PilotPlan.objects.filter(scenario=scenario)
    return plans.filter(started_at__isnull=False, ended_at=None).first() or plans.first()


def page(reading: Reading) -> ProofPage:
    """All that the page of a pilot shows."""
    pilot = reading.pilot
    plans = PilotPlan.objects.filter(scenario=pilot.scenario).select_related("scenario")
    linked = Improvement.objects.filter(plan=pilot.plan) if pilot.plan else Improvement.objects.filter(
        scenario=pilot.scenario, plan=None
    )  # fmt: skip
    return ProofPage(
        reading=reading,
        looks=reading.looks(),
        segments=reading.by_segment(),
        segment_names=Names().segments,
        board=_on_board(pilot.scenario.key, reading.as_of),
        fidelity=fidelity.fidelity(pilot.scenario, pilot.definition),
        earlier=[plan for plan in plans if pilot.plan is None or plan.pk != pilot.plan.pk],
        improvements=list(linked.select_related("owner")),
    )


def together(found: Iterable[Reading]) -> tuple[Difference, int]:
    """What all scenarios changed on the whole, and how many they are; weaker than each by itself."""
    counted = [
        difference
        for reading in found
        if reading.pilot.plan is None and not reading.is_mismatched and reading.compared.smaller_arm >= 2
        if (difference := reading.compared.goal.adjusted).value is not None and held_out.error_of(difference) > 0
    ]
    return held_out.pooled(counted), len(counted)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A proof in the list: a reading of a pilot, or a comparison that was asked for."""

    reading: Reading | None = None
    comparison: Comparison | None = None

    @property
    def title(self) -> str:
        return self.reading.pilot.scenario.name if self.reading else str(self.comparison)

    @property
    def kind(self) -> str:
        if self.reading is None:
            return str(self.comparison.kind) if self.comparison else ""
        return "plan" if self.reading.pilot.plan else "scenario"

    @property
    def state(self) -> str:
        if self.reading:
            return self.reading.state.value
        return "broken" if self.verdict == "broken" else "decided"

    @property
    def verdict(self) -> str:
        if self.reading:
            return self.reading.called
        return str(self.comparison.result.get("verdict", "")) if self.comparison else ""


def listing(*, at: datetime, state: str = "", kind: str = "", text: str = "") -> tuple[list[ListRow], list[Reading]]:
    """All proofs, those that run first, narrowed; and every reading, for what they say together."""
    all_of_them = readings([*of_plans(), *of_scenarios()], at=at)
    shown = [one for one in all_of_them if one.pilot.plan is not None or one.enrolled_in_all]
    rows = [ListRow(reading=one) for one in shown]
    rows += [ListRow(comparison=one) for one in Comparison.objects.select_related("asked_by")]
    order = ["running", "planned", "broken", "decided"]
    wanted = [
        row
        for row in rows
        if (not state or row.state == state)
        and (not kind or row.kind == kind)
        and (not text or text.casefold() in row.title.casefold())
    ]
    wanted.sort(key=lambda row: (order.index(row.state), row.kind != "plan", row.title.casefold()))
    return wanted, all_of_them


def _on_board(key: str, as_of: date) -> Effect | None:
    """What the KPI board says of the scenario now."""
    day = shown_day(as_of)
    kept = KpiValue.objects.filter(as_of=day, name="scenario_effect", dimension="", scenario=key) if day else []
    found = effects(kept)
    return found[0] if found else None


def _enrolments(events: pl.LazyFrame, ownership: pl.DataFrame, keys: Iterable[str]) -> pl.DataFrame:
    of_scenarios = events.filter(pl.col("type") == "scenario_enrolled", pl.col("reference").is_in(sorted(keys)))
    found: pl.DataFrame = experiments.enrolments(of_scenarios, ownership).to_native().collect()
    typed = found.select(pl.col(name).cast(kind) for name, kind in LOG.items())
    return typed.filter(pl.col("window_days") > 0, pl.col("arm").is_not_null())


def _of_pilot(pilot: Pilot, known: pl.DataFrame) -> pl.DataFrame:
    """Whom the pilot counts: of a plan those who were enrolled on its version while it ran."""
    mine = known.filter(pl.col("scenario") == pilot.scenario.key)
    plan = pilot.plan
    if plan is not None:
        if plan.started_at is None or plan.version is None:
            return mine.clear()
        mine = mine.filter(
            pl.col("enrolled_at") >= plan.started_at,
            pl.col("version").fill_null(plan.version.number) == plan.version.number,
        )
        if plan.ended_at is not None:
            mine = mine.filter(pl.col("enrolled_at") <= plan.ended_at)
    return mine.with_columns(scenario=pl.lit(pilot.key))


def _with_segments(taken: pl.DataFrame) -> pl.DataFrame:
    """Where the log names no segment, the default one in which the customer was when enrolled."""
    nameless = taken.filter(pl.col("segment") == "")
    if nameless.is_empty():
        return taken
    stays = Membership.objects.filter(
        customer__in=nameless["customer_id"].unique().to_list(), segment__is_default=True
    ).values_list("customer_id", "entered_at", "segment__key")
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "customer_id": pl.Int64,
        "entered_at": pl.Datetime("us", "UTC"),
        "stay": pl.String,
    }
    then = pl.DataFrame(list(stays), schema=schema, orient="row").sort("entered_at")
    found = taken.sort("enrolled_at").join_asof(
        then, left_on="enrolled_at", right_on="entered_at", by="customer_id", check_sortedness=False
    )
    segment = pl.when(pl.col("segment") == "").then(pl.col("stay").fill_null("")).otherwise(pl.col("segment"))
    return found.with_columns(segment.alias("segment")).select(list(LOG))


def _recent(taken: pl.DataFrame, as_of: date) -> dict[str, int]:
    since = as_of - timedelta(weeks=RECENT_WEEKS)
    counted = taken.filter(pl.col("enrolled_at").dt.date() > since).group_by("scenario").len()
    return dict(counted.iter_rows())


def _expected_shares(taken: pl.DataFrame, found: Sequence[Pilot]) -> dict[str, float]:
    """The share that should have been held out, over the versions on which customers were enrolled."""
    scenarios = {pilot.key: pilot for pilot in found if pilot.plan is None}
    if not scenarios:
        return {}
    written = ScenarioVersion.objects.filter(scenario__in=[pilot.scenario.pk for pilot in scenarios.values()])
    shares: dict[tuple[int, Any], float] = {
        (scenario, number): float(definition.get("holdout_share") or 0)
        for scenario, number, definition in written.values_list("scenario", "number", "definition")
    }
    sums: dict[str, tuple[float, int]] = {}
    for key, version, n in taken.group_by("scenario", "version").len().iter_rows():
        pilot = scenarios.get(key)
        if pilot is None:
            continue
        share = shares.get((pilot.scenario.pk, version), pilot.definition.holdout_share)
        due, customers = sums.get(key, (0.0, 0))
        sums[key] = (due + share * n, customers + n)
    return {key: due / customers for key, (due, customers) in sums.items()}
