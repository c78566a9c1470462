"""How far the roll-out is: each step with what holds of it already, read from the system as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mijoz.business.models import Role, StaffMember
from mijoz.business.queries import business
from mijoz.customers.audit.queries import last_day
from mijoz.customers.matching import queries as matching
from mijoz.customers.models import Customer, Resolution
from mijoz.events.queries import default_as_of
from mijoz.insights.models import KpiAim, KpiValue, RoadStep
from mijoz.insights.training.queries import certified
from mijoz.scenarios.models import Scenario
from mijoz.scenarios.queries import versions_in_force
from mijoz.segments.models import Segment, SegmentVersion
from mijoz.segments.queries import counts
from mijoz.ui import formats

AUDIT_DAYS = 30  # an audit older than that says little of today
GOOD_SCORE = 70  # of 100, from which data carry segments and scenarios
FEWEST_PILOTS, MOST_PILOTS = 2, 3
KPI_DAYS = 7
FEWEST_TARGETS = 3
TRAINED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold for a step, and how it stands, in a sentence."""

    holds: bool
    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """A step of every road map: what it is for, whose it usually is, and where it is done."""

    key: str
    why: str | Promise
    action: str | Promise
    page: str
    icon: str
    role: Role
    checks: Callable[[datetime], list[Check]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it stands."""

    number: int
    kind: StepKind
    checks: list[Check]
    plan: RoadStep
    today: date
    is_next: bool = False

    @property
    def title(self) -> str:
        return str(RoadStep.Key(self.kind.key).label)

    @property
    def is_done(self) -> bool:
        return all(check.holds for check in self.checks)

    @property
    def is_begun(self) -> bool:
        return any(check.holds for check in self.checks)

    @property
    def state(self) -> str:
        return "done" if self.is_done else "begun" if self.is_begun else "to_come"

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.plan.aimed_on is not None and self.plan.aimed_on < self.today

    @property
    def url(self) -> str:
        """Where to go on: at the first thing that does not hold yet, else at the page of the step."""
        return next((check.url for check in self.checks if not check.holds and check.url), "") or reverse(
            self.kind.page
        )

    @property
    def usual_role(self) -> str:
        return str(self.kind.role.label)


@dataclass(frozen=True, slots=True)
class RoadMap:
    steps: list[Step] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def share(self) -> float:
        """Of everything that must hold, the part that does."""
        held = [check.holds for step in self.steps for check in step.checks]
        return sum(held) / len(held) if held else 0.0

    @property
    def is_ready(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if step.is_next), None)

    @property
    def late(self) -> list[Step]:
        return [step for step in self.steps if step.is_late]

    @property
    def readiness(self) -> str:
        """How far the business is, in a sentence for its owner."""
        done = {step.kind.key for step in self.steps if step.is_done}
        if self.is_ready:
            return _("You are ready: data, rules, pilots, figures and people are in place. Keep them so.")
        if {"audit", "profile", "rules"} <= done:
            return _(
                "The ground is laid: you know your customers. Now pilots have to show what personal service brings."
            )
        if done & {"audit", "profile"}:
            return _("You are on the way: your data begin to carry personal service, but not all of it yet.")
        if self.share > 0:
            return _(
                "You have begun. Until the data are checked and each customer has one profile, keep service as it is."
            )
        return _("Everything is still ahead of you. Begin with the data: all other steps stand on them.")


def road_map(*, at: datetime) -> RoadMap:
    """The six steps as they stand now."""
    plans = {plan.key: plan for plan in RoadStep.objects.select_related("who", "reviewed_by")}
    today = at.astimezone(business().zone).date()
    steps: list[Step] = []
    for number, kind in enumerate(KINDS, start=1):
        plan = plans.get(kind.key) or RoadStep(key=kind.key)
        step = Step(number, kind, kind.checks(at), plan, today)
        is_next = not step.is_done and not any(other.is_next for other in steps)
        steps.append(Step(number, kind, step.checks, plan, today, is_next))
    return RoadMap(steps)


def is_ready(*, at: datetime) -> bool:
    """Whether every step is done."""
    return road_map(at=at).is_ready


def _audit(at: datetime) -> list[Check]:
    day, url = last_day(), reverse("customers:audit")
    if day is None:
        sentence = (
            _("No audit was made yet.") if Customer.objects.exists() else _("There are no customers to check yet.")
        )
        imports = url if Customer.objects.exists() else reverse("customers:new_import")
        return [Check(False, sentence, imports), Check(False, _score_wanted(), url)]
    fresh = day.made_at >= at - timedelta(days=AUDIT_DAYS)
    said = {"day": formats.day(day.day), "days": AUDIT_DAYS}
    told = (
        _("The audit of %(day)s is no older than %(days)s days.")
        if fresh
        else _("The audit of %(day)s is older than %(days)s days: make a new one.")
    )
    score = {"score": formats.number(day.score, 0), "good": GOOD_SCORE}
    is_good = day.score >= GOOD_SCORE
    return [
        Check(fresh, told % said, url),
        Check(
            is_good,
            (
                _("The data score is %(score)s of 100; %(good)s is enough to build on.")
                if is_good
                else _("The data score is %(score)s of 100; from %(good)s on the data carry segments and scenarios.")
            )
            % score,
            url,
        ),
    ]


def _score_wanted() -> str:
    return _("The data score is not known; %(good)s of 100 is wanted.") % {"good": GOOD_SCORE}


def _profile(at: datetime) -> list[Check]:
    search, waiting = matching.last_search(), matching.remaining()
    url = reverse("customers:duplicates")
    searched = search is not None and search.status == Resolution.Status.DONE
    if waiting:
        told = ngettext(
            "%(n)s pair of profiles may be one person and waits for somebody to look.",
            "%(n)s pairs of profiles may be one person and wait for somebody to look.",
            waiting,
        ) % {"n": formats.number(waiting)}
    elif searched:
        told = _("No pair of profiles waits to be looked at.")
    else:
        told = _("Nobody knows yet how many customers are kept twice.")
    return [
        Check(
            searched,
            _("Duplicates were searched for.") if searched else _("Duplicates were not searched for yet."),
            url,
        ),
        Check(searched and not waiting, told, reverse("customers:review") if waiting else url),
    ]


def _rules(at: datetime) -> list[Check]:
    url, sizes = reverse("segments:list"), counts()
    filled = [segment for segment in Segment.objects.filter(is_default=True) if sizes.get(segment.key)]
    n = len(filled)
    told = (
        _("Customers stand in %(n)s of the five segments.") % {"n": n}
        if n
        else _("No customer stands in a segment yet.")
    )
    plan = RoadStep.objects.select_related("reviewed_by").filter(key=RoadStep.Key.RULES).first()
    written = SegmentVersion.objects.order_by("-written_at").first()
    reviewed = plan is not None and plan.reviewed_at is not None
    current = reviewed and (written is None or plan.reviewed_at >= written.written_at)  # type: ignore[union-attr,operator]
    if current:
        said = _("%(who)s read the rules on %(day)s and found them right.") % {
            "who": plan.reviewed_by or "–",  # type: ignore[union-attr]
            "day": formats.day(plan.reviewed_at),  # type: ignore[union-attr]
        }
    elif reviewed:
        said = _("A rule was changed since the rules were read. Read them again.")
    else:
        said = _("Nobody has said yet that the rules fit this business.")
    return [Check(n >= 3, told, url), Check(current, said, url)]


def _pilots(at: datetime) -> list[Check]:
    url = reverse("scenarios:list")
    live = list(Scenario.objects.filter(state=Scenario.State.LIVE))
    latest = versions_in_force().filter(scenario__in=live)
    shares = {version.scenario_id: version.definition.get("holdout_share") or 0 for version in latest}
    compared = [scenario for scenario in live if shares.get(scenario.pk, 0) > 0]
    names = ", ".join(scenario.name for scenario in compared)
    without = [scenario.name for scenario in live if scenario not in compared]
    told = (
        _("They run: %(names)s. Two or three are wanted.") % {"names": names}
        if names
        else _("No pilot runs yet; two or three are wanted.")
    )
    apart = (
        _("Without a hold-out nobody will know what these changed: %(names)s.") % {"names": ", ".join(without)}
        if without
        else _("Each leaves some customers aside for comparison.")
        if live
        else _("Each must leave some customers aside for comparison.")
    )
    return [Check(len(compared) >= FEWEST_PILOTS, told, url), Check(bool(live) and not without, apart, url)]


def _kpis(at: datetime) -> list[Check]:
    url = reverse("insights:board")
    last = KpiValue.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    fresh = last is not None and last >= default_as_of(at) - timedelta(days=KPI_DAYS)
    told = (
        _("KPIs were computed as of %(day)s.") % {"day": formats.day(last)} if last else _("No KPI was computed yet.")
    )
    if last and not fresh:
        told = _("KPIs were last computed as of %(day)s: bring them up to date.") % {"day": formats.day(last)}
    n = KpiAim.objects.filter(target__isnull=False).count()
    aimed = (
        ngettext("%(n)s KPI has a target; three are wanted.", "%(n)s KPIs have a target; three are wanted.", n)
        % {"n": n}
        if n
        else _("No KPI has a target yet; three are wanted.")
    )
    register = reverse("insights:register")
    watched = KpiAim.objects.filter(is_watched=True).exists()
    alerts = (
        _("You are told when a KPI misses its target.") if watched else _("No KPI tells you when it misses its target.")
    )
    return [Check(fresh, told, url), Check(n >= FEWEST_TARGETS, aimed, register), Check(watched, alerts, register)]


def _training(at: datetime) -> list[Check]:
    staff = StaffMember.objects.filter(is_active=True)
    total, passed = staff.count(), len(certified() & set(staff.values_list("pk", flat=True)))
    told = _("%(passed)s of %(total)s have passed the exercises of their role; %(wanted)s are wanted.") % {
        "passed": passed,
        "total": total,
        "wanted": formats.share(TRAINED_SHARE, 0),
    }
    return [Check(total > 0 and passed >= TRAINED_SHARE * total, told, reverse("insights:training"))]


KINDS = (
    StepKind(
        key="audit",
        why=gettext_lazy("Know what is missing or wrong before anything is built on it."),
        action=gettext_lazy("Open the audit"),
        page="customers:audit",
        icon="clipboard-check",
        role=Role.ANALYST,
        checks=_audit,
    ),
    StepKind(
        key="profile",
        why=gettext_lazy("One person, one profile, by whatever channel they come."),
        action=gettext_lazy("Look at duplicates"),
        page="customers:duplicates",
        icon="user-check",
        role=Role.FRONT_OFFICE,
        checks=_profile,
    ),
    StepKind(
        key="rules",
        why=gettext_lazy("Who is new, at risk or valuable, by rules that you have read and find right."),
        action=gettext_lazy("Open the segments"),
        page="segments:list",
        icon="users-group",
        role=Role.MARKETER,
        checks=_rules,
    ),
    StepKind(
        key="pilots",
        why=gettext_lazy("Begin small, beside customers who are served as before, so that you see what it changes."),
        action=gettext_lazy("Choose pilots"),
        page="scenarios:list",
        icon="route",
        role=Role.MANAGER,
        checks=_pilots,
    ),
    StepKind(
        key="kpis",
        why=gettext_lazy("A few figures with targets, looked at every week."),
        action=gettext_lazy("Open the KPI board"),
        page="insights:board",
        icon="chart-bar",
        role=Role.OWNER,
        checks=_kpis,
    ),
    StepKind(
        key="training",
        why=gettext_lazy("Staff are the ones who serve: each passes short exercises of their role."),
        action=gettext_lazy("Open the training"),
        page="insights:training",
        icon="school",
        role=Role.MANAGER,
        checks=_training,
    ),
)
