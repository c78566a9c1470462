"""What is asked before a pilot, of a comparison, and of an improvement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.business.models import Branch, StaffMember
from mijoz.insights.models import Comparison, Improvement, PilotPlan
from mijoz.insights.proof import comparing
from mijoz.insights.proof.ground import Asked
from mijoz.insights.proof.wording import METRIC_NAMES
from mijoz.scenarios.definition import LARGEST_HOLDOUT
from mijoz.scenarios.models import Scenario
from mijoz.segments.models import Segment
from mijoz.ui.forms import DayInput

MOST_POINTS = 100
MOST_MONEY = 1_000_000_000_000


class PlanForm(forms.Form):
    """The planner: about whom, which goal, how small a difference, and how many are kept for comparison."""

    about = forms.ChoiceField(label=gettext_lazy("Scenario or segment"))
    goal = forms.ChoiceField(label=gettext_lazy("Goal"), choices=PilotPlan.Goal.choices)
    smallest = forms.FloatField(
        label=gettext_lazy("Smallest difference worth seeing"),
        min_value=0.000001,
        max_value=MOST_MONEY,
        help_text=gettext_lazy(
            "In points for customers who reach the goal (5 is five of a hundred), in money for revenue."
        ),
    )
    holdout = forms.IntegerField(
        label=gettext_lazy("Kept for comparison, per cent"),
        min_value=1,
        max_value=int(LARGEST_HOLDOUT * 100),
        help_text=gettext_lazy("Drawn by chance; they get what they always got. Half tells soonest."),
    )
    percent = forms.IntegerField(
        label=gettext_lazy("For how many of a hundred"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Empty: everybody who fits."),
    )
    margin = forms.IntegerField(
        label=gettext_lazy("Margin, per cent of revenue"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Empty: revenue is told as it is, before the cost of goods and work."),
    )
    fixed_cost = forms.DecimalField(
        label=gettext_lazy("Cost of the pilot as a whole"),
        min_value=0,
        max_digits=16,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Beside the cost of the package, which stands in the scenario."),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        scenarios = [(f"scenario:{one.key}", one.name) for one in Scenario.objects.all()]
        segments = [(f"segment:{one.key}", one.name) for one in Segment.objects.filter(is_active=True)]
        groups = [(_("Scenarios"), scenarios), (_("Segments"), segments)]
        self.fields["about"].choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        smallest = cleaned.get("smallest")
        if smallest is not None and cleaned.get("goal") == PilotPlan.Goal.REACHED and smallest >= MOST_POINTS:
            self.add_error("smallest", _("A difference in points lies below 100."))
        return cleaned

    @property
    def scenario(self) -> Scenario | None:
        kind, _colon, key = self.cleaned_data["about"].partition(":")
        return Scenario.objects.get(key=key) if kind == "scenario" else None

    @property
    def segment(self) -> Segment | None:
        kind, _colon, key = self.cleaned_data["about"].partition(":")
        return Segment.objects.get(key=key) if kind == "segment" else None

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        of_money = given["goal"] == PilotPlan.Goal.REVENUE
        return Asked(
            of_money=of_money,
            smallest=given["smallest"] if of_money else given["smallest"] / 100,
            holdout_share=given["holdout"] / 100,
            pilot_percent=given["percent"],
            margin=(given["margin"] or 100) / 100,
            fixed_cost=float(given["fixed_cost"] or 0),
        )


class EndForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ComparisonForm(forms.Form):
    """A change without a hold-out: what, when, and who got it."""

    title = forms.CharField(
        label=gettext_lazy("What was changed"),
        max_length=200,
        help_text=gettext_lazy("For example: a second till, online booking, new opening hours."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Who got it"),
        choices=[
            (Comparison.Kind.BEFORE_AFTER.value, gettext_lazy("Everybody, from one day on")),
            (Comparison.Kind.DIFFERENCES.value, gettext_lazy("Some, and others not")),
        ],
        widget=forms.RadioSelect,
    )
    metric = forms.ChoiceField(label=gettext_lazy("Figure"), choices=list(METRIC_NAMES.items()))
    changed_on = forms.DateField(label=gettext_lazy("From which day on"), widget=DayInput)
    branches = forms.MultipleChoiceField(
        label=gettext_lazy("Branches that got it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: the whole business."),
    )
    segments = forms.MultipleChoiceField(
        label=gettext_lazy("Segments that got it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, today: date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.today = today
        branches = [(one.code, one.name) for one in Branch.objects.all()]
        segments = [(one.key, one.name) for one in Segment.objects.filter(is_default=True, is_active=True)]
        self.fields["branches"].choices = branches  # type: ignore[attr-defined]
        self.fields["segments"].choices = segments  # type: ignore[attr-defined]
        if not branches:
            del self.fields["branches"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        branches, segments = cleaned.get("branches") or [], cleaned.get("segments") or []
        if branches and segments:
            self.add_error("segments", _("Choose branches or segments, not both."))
        if cleaned.get("kind") == Comparison.Kind.DIFFERENCES and not branches and not segments:
            self.add_error("kind", _("Choose the branches or segments that got it: the others are set beside them."))
        changed_on = cleaned.get("changed_on")
        if changed_on is not None and changed_on > self.today:
            self.add_error("changed_on", _("This day has not come yet."))
        if changed_on is not None and changed_on.year < 1970:
            self.add_error("changed_on", _("This day lies before any log."))
        return cleaned

    @property
    def asked(self) -> comparing.Asked:
        given = self.cleaned_data
        branches = given.get("branches") or []
        segments = given.get("segments") or []
        unit = Comparison.Unit.BRANCH if branches else Comparison.Unit.SEGMENT if segments else Comparison.Unit.NONE
        return comparing.Asked(
            title=given["title"],
            kind=given["kind"],
            metric=given["metric"],
            changed_on=given["changed_on"],
            unit=unit.value,
            groups=tuple(branches or segments),
        )


class ImprovementForm(forms.Form):
    """A line of the register."""

    title = forms.CharField(label=gettext_lazy("In a few words"), max_length=200)
    gap = forms.CharField(
        label=gettext_lazy("Gap"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What is not as it should be, for whom, and where."),
    )
    cause = forms.CharField(
        label=gettext_lazy("Cause"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why, as far as you know."),
    )
    change = forms.CharField(
        label=gettext_lazy("Change"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What is done about it."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Responsible"), required=False, queryset=StaffMember.objects.filter(is_active=True)
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("Proof of its effect"),
        required=False,
        help_text=gettext_lazy("Its answer stands in the register as it is on the day you look."),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=Improvement.State.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why it is kept or dropped, when no proof says so."),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        plans = [
            (f"plan:{one.pk}", _("%(name)s, plan %(n)s") % {"name": one.scenario.name, "n": one.pk})
            for one in PilotPlan.objects.select_related("scenario")
        ]
        scenarios = [(f"scenario:{one.pk}", one.name) for one in Scenario.objects.exclude(state=Scenario.State.DRAFT)]
        comparisons = [(f"comparison:{one.pk}", one.title) for one in Comparison.objects.all()[:200]]
        groups = [(_("Pilots"), plans), (_("Scenarios"), scenarios), (_("Comparisons"), comparisons)]
        choices = [("", _("None yet")), *(group for group in groups if group[1])]
        self.fields["proof"].choices = choices  # type: ignore[attr-defined]

    @property
    def given(self) -> dict[str, Any]:
        kind, _colon, number = self.cleaned_data["proof"].partition(":")
        fields = ("title", "gap", "cause", "change", "owner", "state", "reason")
        return {name: self.cleaned_data[name] for name in fields} | {
            "plan": PilotPlan.objects.get(pk=number) if kind == "plan" else None,
            "scenario": Scenario.objects.get(pk=number) if kind == "scenario" else None,
            "comparison": Comparison.objects.get(pk=number) if kind == "comparison" else None,
        }


def initial_of(one: Improvement) -> dict[str, Any]:
    """The register's line as the form shows it."""
    proof = ""
    if one.plan_id:
        proof = f"plan:{one.plan_id}"
    elif one.comparison_id:
        proof = f"comparison:{one.comparison_id}"
    elif one.scenario_id:
        proof = f"scenario:{one.scenario_id}"
    fields = ("title", "gap", "cause", "change", "owner", "state", "reason")
    return {name: getattr(one, name) for name in fields} | {"proof": proof}
