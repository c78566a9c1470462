"""What was planned before a pilot, comparisons that somebody asked for, and the improvement register."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.scenarios.models import Scenario, ScenarioVersion

PLANNED = (
    "scenario", "goal", "reaches", "window_days", "smallest", "holdout_share", "pilot_percent", "customers", "weeks",
    "margin", "fixed_cost", "goal_rate", "method",
)  # fmt: skip
FIXED = (*PLANNED, "version", "started_at", "ends_on")


class ChangedOnceSet(pgtrigger.Condition):
    """One of these fields differs in a row in which `since` was set already."""

    def __init__(self, since: str, *fields: str) -> None:
        self.since, self.fields = since, fields
        super().__init__(f"OLD.{since} IS NOT NULL")

    def resolve(self, model: type[models.Model]) -> str:
        columns = [str(model._meta.get_field(name).column) for name in self.fields]  # type: ignore[union-attr]
        old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
        return f'OLD."{self.since}" IS NOT NULL AND ROW({old}) IS DISTINCT FROM ROW({new})'


@tracked("scenario", "goal", "smallest", "holdout_share", "customers", "started_at", "ended_at", "end_note")
class PilotPlan(models.Model):
    """What is to be seen by a pilot, and by how many customers: written before it starts and never changed afterwards.

    `smallest` is the smallest difference worth seeing, as a share or in money for each customer. `customers` are those
    of both arms whose window has to close, `weeks` how long that takes at the pace of the business when it was made.
    """

    class Goal(models.TextChoices):
        REACHED = "reached", _("Customers who reach the goal")
        REVENUE = "revenue", _("Revenue for each customer")

    class Method(models.TextChoices):
        HOLD_OUT = "hold_out", _("Hold-out")
        POOLED = "pooled", _("Hold-out, read together with other pilots")

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="+")
    goal = models.CharField(max_length=10, choices=Goal)
    reaches = models.JSONField()  # the goal of the scenario, as its definition has it
    method = models.CharField(max_length=10, choices=Method, default=Method.HOLD_OUT)
    window_days = models.PositiveSmallIntegerField()
    smallest = models.FloatField()
    holdout_share = models.FloatField()
    pilot_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    goal_rate = models.FloatField(null=True)  # what customers did without it, when the plan was made
    customers = models.PositiveIntegerField()
    weeks = models.FloatField(null=True)  # None when nobody comes
    margin = models.FloatField(default=1.0)
    fixed_cost = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    made_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    ended_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario"],
                condition=Q(started_at__isnull=False, ended_at=None),
                name="one_running_plan_of_a_scenario",
            ),
            models.CheckConstraint(condition=Q(goal__in=["reached", "revenue"]), name="plan_goal_is_known"),
            models.CheckConstraint(condition=Q(method__in=["hold_out", "pooled"]), name="plan_method_is_known"),
            models.CheckConstraint(condition=Q(smallest__gt=0), name="plan_wants_to_see_something"),
            models.CheckConstraint(
                condition=Q(holdout_share__gt=0, holdout_share__lt=1), name="plan_keeps_a_share_for_comparison"
            ),
            models.CheckConstraint(condition=Q(margin__gt=0, margin__lte=1), name="plan_margin_is_a_share"),
            models.CheckConstraint(condition=Q(fixed_cost__gte=0), name="plan_cost_is_not_negative"),
            models.CheckConstraint(
                condition=Q(started_at=None, version=None, ended_at=None)
                | Q(started_at__isnull=False, version__isnull=False),
                name="a_started_plan_has_its_version",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="fixed_once_started",
                operation=pgtrigger.Update,
                condition=ChangedOnceSet("started_at", *FIXED),
            ),
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=ChangedOnceSet("ended_at", "ended_at"),
            ),
            pgtrigger.Protect(
                name="kept_once_started",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__started_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id}/{self.pk}"

    @property
    def of_money(self) -> bool:
        return self.goal == self.Goal.REVENUE


class Comparison(models.Model):
    """A change that everybody or some branches or segments got, compared without a hold-out, as it was answered.

    `groups` are the keys of those that got it, `result` is what was found; both are kept as they were.
    """

    class Kind(models.TextChoices):
        BEFORE_AFTER = "before_after", _("Before and after")
        DIFFERENCES = "differences", _("Difference in differences")

    class Unit(models.TextChoices):
        NONE = "", _("the whole business")
        BRANCH = "branch", _("branches")
        SEGMENT = "segment", _("segments")

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    metric = models.CharField(max_length=40)
    changed_on = models.DateField()
    unit = models.CharField(max_length=10, choices=Unit, default="", blank=True)
    groups = models.JSONField(default=list)
    as_of = models.DateField()
    result = models.JSONField()
    asked_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["before_after", "differences"]), name="comparison_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="before_after") | ~Q(unit=""), name="differences_are_between_units"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("kind", "metric", "changed_on", "unit", "groups", "as_of", "result"),
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked("title", "gap", "cause", "change", "owner", "state", "reason", "plan", "comparison")
class Improvement(models.Model):
    """One gap from being found to the change that was kept or dropped.

    What a state asks for stands in insights/proof/rules.py. `source` and `key` say where it was found; the measured
    effect is that of the plan, the scenario or the comparison, and is never copied.
    """

    class State(models.TextChoices):
        FOUND = "found", _("Found")
        PLANNED = "planned", _("Planned")
        TRIED = "tried", _("Being tried")
        KEPT = "kept", _("Kept")
        DROPPED = "dropped", _("Dropped")

    class Source(models.TextChoices):
        HAND = "hand", _("Written by hand")
        PAIN = "pain", _("Pain point")
        GAP = "gap", _("Gap between expectation and perception")
        ALERT = "alert", _("Alert")
        KPI = "kpi", _("KPI")
        PROOF = "proof", _("Proof")
        THEME = "theme", _("Interviews and open answers")

    title = models.CharField(_("title"), max_length=200)
    gap = models.TextField(_("gap"), default="", blank=True)
    cause = models.TextField(_("cause"), default="", blank=True)
    change = models.TextField(_("change"), default="", blank=True)
    owner = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.FOUND)
    reason = models.TextField(_("reason"), default="", blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.HAND)
    key = models.CharField(max_length=200, default="", blank=True)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.ForeignKey(PilotPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["found", "planned", "tried", "kept", "dropped"]),
                name="improvement_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["planned", "tried", "kept"]) | ~Q(change=""),
                name="what_is_planned_says_the_change",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["kept", "dropped"])
                | ~Q(reason="")
                | Q(plan__isnull=False)
                | Q(comparison__isnull=False)
                | Q(scenario__isnull=False),
                name="what_is_decided_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="improvement_by_state")]

    def __str__(self) -> str:
        return self.title
