"""The name of a scenario, for whom it is, its hold-out and its goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mijoz.customers.models import Purpose
from mijoz.scenarios.forms.fields import (
    LANGUAGES,
    DefinitionForm,
    Mistake,
    Posted,
    choice,
    key_of,
    line,
    number,
    percent,
    score,
    share,
    whole,
)
from mijoz.scenarios.forms.rows import WhereRows
from mijoz.scenarios.goals import GOAL_KINDS, MEASURES, OF_SEGMENTS, PURCHASE, goal_label, measure_label
from mijoz.scenarios.triggers import TRIGGER_KINDS
from mijoz.segments.queries import segments

TRIGGERS = [
    (
        gettext_lazy("A segment"),
        [
            ("present", gettext_lazy("whoever is in the segment, now or later")),
            ("entered", gettext_lazy("whoever enters the segment after the start")),
            ("left", gettext_lazy("whoever leaves the segment after the start")),
        ],
    ),
    (
        gettext_lazy("Something else"),
        [
            ("event", gettext_lazy("something happens to the customer")),
            ("around", gettext_lazy("before or after a date of theirs")),
            ("schedule", gettext_lazy("by the calendar")),
            ("silence", gettext_lazy("nothing happens for a while")),
        ],
    ),
]
RESTRICTED = [("", gettext_lazy("everybody")), ("yes", gettext_lazy("only who also fits these conditions"))]
RESERVED_KEYS = frozenset(
    {"add", "draft", "preview", "pilots", "readers", "reading", "ready", "try", "why"}
)  # they are addresses of pages
LONGEST_NAME = 80


def _priority(place: int) -> str | Promise:
    return {
        1: gettext_lazy("1, goes last"), 5: gettext_lazy("5, as others"), 9: gettext_lazy("9, goes first")
    }.get(place, str(place))  # fmt: skip


class NamesForm(DefinitionForm):
    """Name and description of the scenario."""

    language_fields = {"names": (gettext_lazy("Name"), 1), "descriptions": (gettext_lazy("In one sentence"), 2)}

    def mistakes(self) -> list[Mistake]:
        """What is wrong with the names, which the fields then say too."""
        names = self.texts("names")
        if not names:
            self.add_error(f"names_{LANGUAGES[0][0]}", _("Write the name in one language at least."))
        for code in (code for code, text in names.items() if len(text) > LONGEST_NAME):
            self.add_error(f"names_{code}", _("A name has at most %(n)s characters.") % {"n": LONGEST_NAME})
        return [Mistake("names-title", _("Name"), said) for errors in self.errors.values() for said in map(str, errors)]

    @staticmethod
    def typed(names: Mapping[str, str], descriptions: Mapping[str, str]) -> dict[str, str]:
        """The fields that stand for these texts."""
        told = {"names": names, "descriptions": descriptions}
        return {f"{name}_{code}": text for name, texts in told.items() for code, text in texts.items()}

    def key(self) -> str:
        """A key for a new scenario, from its name."""
        names = self.texts("names")
        return key_of(names.get("en") or next(iter(names.values()), ""), avoid=RESERVED_KEYS)


class SettingsForm(DefinitionForm):
    """What begins the scenario and for whom, the hold-out and the goal."""

    trigger = choice(gettext_lazy("What begins it"), TRIGGERS)
    segment = choice(gettext_lazy("Segment"), [])
    event = line(gettext_lazy("What happens"), list="sc-events", autocomplete="off", maxlength=100)
    each = choice(
        gettext_lazy("How often"),
        [
            ("customer", gettext_lazy("once for a customer")),
            ("event", gettext_lazy("each time it happens")),
        ],
    )
    date = choice(
        gettext_lazy("Which date"),
        [
            ("booking", gettext_lazy("a booked visit")),
            ("birthday", gettext_lazy("the birthday")),
            ("anniversary", gettext_lazy("the first purchase, each year")),
            ("event", gettext_lazy("a date told with an event")),
        ],
    )
    side = choice(
        gettext_lazy("Before or after"), [("before", gettext_lazy("before it")), ("after", gettext_lazy("after it"))]
    )
    days = number(pgettext_lazy("before or after a date", "So many days"), 0, 365)
    hours = number(pgettext_lazy("before or after a date", "and hours"), 0, 72, required=False)
    at = line(gettext_lazy("At what time"), placeholder="10:00", maxlength=5, inputmode="numeric", autocomplete="off")
    field = line(
        gettext_lazy("Where the date stands in it"), placeholder="payload.until", maxlength=200, autocomplete="off"
    )
    every = choice(
        gettext_lazy("How often"),
        [
            ("day", gettext_lazy("every day")),
            ("week", gettext_lazy("every week")),
            ("month", gettext_lazy("every month")),
        ],
    )
    weekday = choice(gettext_lazy("On which day"), [(str(place), name) for place, name in WEEKDAYS.items()])
    day = number(gettext_lazy("On which day of the month"), 1, 31)
    silent_of = choice(
        gettext_lazy("What has not happened"),
        [
            ("purchase", gettext_lazy("no purchase, after one before")),
            ("visit", gettext_lazy("no visit, after one before")),
            ("reply", gettext_lazy("no answer to what we wrote")),
        ],
    )
    silent_days = number(gettext_lazy("For so many days"), 1, 1825)
    narrowed = choice(gettext_lazy("Of them"), RESTRICTED)
    holdout = number(
        gettext_lazy("Kept for comparison, per cent"),
        0,
        90,
        help_text=gettext_lazy("Without them nobody can say what the scenario changed."),
    )
    holdout_of = choice(
        gettext_lazy("What they go without"),
        [
            ("everything", gettext_lazy("all of this scenario")),
            ("messages", gettext_lazy("its messages and offers only")),
            ("service", gettext_lazy("its service only: protocol, package, queue, tasks")),
        ],
    )
    care = choice(
        gettext_lazy("Is it care that nobody may miss?"),
        [
            ("", gettext_lazy("no")),
            ("complaint", gettext_lazy("a complaint is put right")),
            ("safety", gettext_lazy("safety")),
            ("clinical", gettext_lazy("clinical care")),
        ],
        help_text=gettext_lazy("Then nobody is kept for comparison."),
    )
    again_after_days = number(
        gettext_lazy("The same customer again after so many days"),
        1,
        3650,
        required=False,
        help_text=gettext_lazy("Empty: each customer once."),
    )
    purpose = choice(
        gettext_lazy("Purpose of the messages"),
        [(Purpose.MARKETING.value, Purpose.MARKETING.label), (Purpose.SERVICE.value, Purpose.SERVICE.label)],
        help_text=gettext_lazy(
            "Marketing needs consent and keeps quiet hours and limits; service is what the customer must know."
        ),
    )
    priority = choice(
        gettext_lazy("When two scenarios compete"),
        [(str(place), _priority(place)) for place in range(1, 10)],
    )
    package_cost = line(
        gettext_lazy("What the package costs you for a customer"), required=False, inputmode="decimal", maxlength=20
    )
    goal = choice(gettext_lazy("Goal"), [])
    goal_event = line(gettext_lazy("What happens"), list="sc-events", autocomplete="off", maxlength=100)
    goal_segment = choice(gettext_lazy("Segment of the goal"), [])
    goal_measure = choice(gettext_lazy("Which answer"), [])
    goal_score = line(
        gettext_lazy("From which score on"), required=False, inputmode="decimal", maxlength=10, autocomplete="off"
    )
    window_days = number(gettext_lazy("Within so many days"), 1, 365)
    ends_at_goal = forms.BooleanField(
        label=gettext_lazy("Who has reached the goal gets none of the steps that are left"), required=False
    )

    redraws = ("date", "every", "each", "hours")  # what else is asked follows from them
    goal_redraws = ("goal", "goal_measure")

    def __init__(self, posted: Posted, *, can_keep: bool = False) -> None:
        super().__init__(posted)
        self.where = WhereRows(posted, prefix="where")
        self.goal_where = WhereRows(posted, prefix="goalwhere")
        self.fields["goal"].widget = forms.Select(choices=[(kind, goal_label(kind)) for kind in GOAL_KINDS])
        answers = [(measure, measure_label(measure)) for measure in ("", *MEASURES)]
        self.fields["goal_measure"].widget = forms.Select(choices=answers)
        if can_keep:
            kept = ("keep", _("only who also fits the conditions in force, which are nested too deep to be shown here"))
            self.fields["narrowed"].widget = forms.Select(choices=[*RESTRICTED, kept])
        first = _("choose") if self.is_of_segment else _("everybody")
        named = [(segment.key, segment.name) for segment in segments()]
        self.fields["segment"].widget = forms.Select(choices=[("", first), *named])
        self.fields["goal_segment"].widget = forms.Select(choices=[("", _("choose")), *named])
        self.fields["segment"].label = _("Segment") if self.is_of_segment else _("Only who is in the segment")

    @property
    def trigger_kind(self) -> str:
        return self.text("trigger") or "present"

    @property
    def is_of_segment(self) -> bool:
        return self.trigger_kind in {"present", "entered", "left"}

    @property
    def restricted(self) -> str:
        """Whether further conditions narrow the segment: "" for no, `yes`, or `keep` for those in force."""
        return self.text("narrowed")

    def trigger_fields(self) -> list[forms.BoundField]:
        """The fields that the chosen beginning needs, in their order."""
        kind = self.trigger_kind
        names = {
            "event": ["event", "each"],
            "around": ["date", "side", "days"],
            "schedule": ["every"],
            "silence": ["silent_of", "silent_days"],
        }.get(kind, [])
        if kind == "around":
            date = self.text("date") or "booking"
            names += {"booking": ["hours"], "event": ["event", "field"]}.get(date, [])
            names += ["at"] if date != "booking" or not whole(self.text("hours")) else []
        if kind == "schedule":
            names += [*{"week": ["weekday"], "month": ["day"]}.get(self.text("every"), []), "at"]
        return [self[name] for name in [*names, "segment"]]

    def goal_fields(self) -> list[forms.BoundField]:
        """The fields that the chosen goal needs, in their order."""
        kind = self.text("goal") or PURCHASE
        names = {"event": ["goal_event"], "survey": ["goal_measure"]}.get(kind, [])
        if kind in OF_SEGMENTS:
            names = ["goal_segment"]
        if kind == "survey" and self.text("goal_measure"):
            names = [*names, "goal_score"]
        return [self[name] for name in ["goal", *names, "window_days"]]

    @property
    def asks_of_goal(self) -> bool:
        """Whether conditions on the event of the goal can be put."""
        return self.text("goal") == "event"

    @property
    def asks_of_event(self) -> bool:
        """Whether conditions on an event can be put."""
        return self.trigger_kind == "event" or (self.trigger_kind == "around" and self.text("date") == "event")

    @property
    def comes_again(self) -> bool:
        """Whether it is for the writer to say when the same customer may come again."""
        each_occasion = self.trigger_kind in {"around", "schedule"}
        return not each_occasion and not (self.trigger_kind == "event" and self.text("each") == "event")

    def document(self) -> dict[str, Any]:
        cost = "".join(self.text("package_cost").split()).replace(",", ".")
        return {
            "trigger": self._trigger(),
            "holdout_share": share(self.text("holdout")),
            "holdout_of": self.text("holdout_of") or "everything",
            "care": self.text("care"),
            "again_after_days": whole(self.text("again_after_days")) if self.comes_again else None,
            "purpose": self.text("purpose"),
            "priority": whole(self.text("priority") or "5"),
            "package_cost": cost or None,
            "goal": self._goal(),
            "ends_at_goal": bool(self.cleaned_data.get("ends_at_goal")),
        }

    def _goal(self) -> dict[str, Any]:
        kind = self.text("goal") or PURCHASE
        told: dict[str, Any] = {"kind": kind, "window_days": whole(self.text("window_days"))}
        if kind in OF_SEGMENTS:
            told["segment"] = self.text("goal_segment")
        elif kind == "event":
            told |= {"event": self.text("goal_event").strip(), "where": self.goal_where.document()}
        elif kind == "survey" and self.text("goal_measure"):
            told |= {"measure": self.text("goal_measure"), "at_least": score(self.text("goal_score"))}
        return told

    def _trigger(self) -> dict[str, Any]:
        kind, segment = self.trigger_kind, self.text("segment")
        if self.is_of_segment:
            return {
                "kind": "segment_left" if kind == "left" else "segment_entered",
                "segment": segment,
                "include_present": kind == "present",
            }
        told: dict[str, Any] = {"kind": kind, "segment": segment}
        if kind == "event":
            told |= {"event": self.text("event").strip(), "each": self.text("each") or "customer"}
            told["where"] = self.where.document()
        elif kind == "around":
            date = self.text("date") or "booking"
            hours = (whole(self.text("hours")) or 0) if date == "booking" else 0
            told |= {"date": date, "side": self.text("side") or "before", "days": whole(self.text("days") or "0")}
            told |= {"hours": hours, "at": self.text("at").strip() or "10:00"}
            if date == "event":
                told |= {"event": self.text("event").strip(), "field": self.text("field").strip()}
                told["where"] = self.where.document()
        elif kind == "schedule":
            told |= {"every": self.text("every") or "day", "weekday": whole(self.text("weekday") or "0")}
            told |= {"day": whole(self.text("day") or "1"), "at": self.text("at").strip() or "10:00"}
        elif kind == "silence":
            told |= {"of": self.text("silent_of") or "purchase", "days": whole(self.text("silent_days"))}
        return told

    @staticmethod
    def typed(document: dict[str, Any], *, can_show: bool = True) -> dict[str, str]:
        """The fields that stand for this definition."""
        return {
            **_typed_trigger(document["trigger"]),
            "narrowed": ("yes" if can_show else "keep") if document["eligibility"] else "",
            "holdout": percent(document["holdout_share"]),
            "holdout_of": document["holdout_of"],
            "care": document["care"],
            "again_after_days": str(document["again_after_days"] or ""),
            "purpose": document["purpose"],
            "priority": str(document["priority"]),
            "package_cost": str(document["package_cost"] or ""),
            **_typed_goal(document["goal"]),
            "ends_at_goal": "on" if document["ends_at_goal"] else "",
        }

    def show(self, where: str, sentence: str, *, language: str) -> str:
        if where.startswith("trigger."):
            return self._show_at_trigger(where.removeprefix("trigger."), sentence)
        if where.startswith("goal.where."):
            self.goal_where.show(where.removeprefix("goal.where."), sentence)
            return _("Conditions on it")
        if where == "goal" or where.startswith("goal."):
            return self._show_at_goal(where.removeprefix("goal").removeprefix("."), sentence)
        names = {"holdout_share": "holdout", "trigger": "trigger"}
        return super().show(names.get(where, where), sentence, language=language)

    def _show_at_goal(self, where: str, sentence: str) -> str:
        """At the field that is asked for; what concerns the whole goal stands at the one that its kind asks."""
        names = {
            "event": "goal_event", "segment": "goal_segment", "measure": "goal_measure", "at_least": "goal_score",
            "window_days": "window_days", "": {"event": "goal_event"}.get(self.text("goal"), "goal_segment"),
        }  # fmt: skip
        shown = {field.name for field in self.goal_fields()}
        name = names.get(where, "goal")
        name = name if name in shown else "goal"
        self.add_error(name, sentence)
        return str(self.fields[name].label)

    def _show_at_trigger(self, where: str, sentence: str) -> str:
        """Pydantic names the kind first where there are several: event.where.0.value."""
        where = where.partition(".")[2] if where.partition(".")[0] in TRIGGER_KINDS else where
        head, _dot, rest = where.partition(".")
        if head == "where" and rest:
            self.where.show(rest, sentence)
            return _("Conditions on it")
        names = {"of": "silent_of"} | ({"days": "silent_days"} if self.trigger_kind == "silence" else {})
        shown = {field.name for field in self.trigger_fields()}
        name = names.get(head, head)
        default = "segment" if self.is_of_segment else "date" if self.trigger_kind == "around" else "trigger"
        name = name if name in shown else default
        self.add_error(name, sentence)
        return str(self.fields[name].label)


def _typed_goal(goal: dict[str, Any]) -> dict[str, str]:
    where = {f"goalwhere-{name}": text for name, text in WhereRows.typed(goal.get("where")).items()}
    least = goal.get("at_least")
    return {
        "goal": goal["kind"],
        "window_days": str(goal["window_days"]),
        "goal_event": goal.get("event", ""),
        "goal_segment": goal.get("segment", ""),
        "goal_measure": goal.get("measure", ""),
        "goal_score": f"{least:g}" if least is not None else "",
        **where,
    }


def _typed_trigger(trigger: dict[str, Any]) -> dict[str, str]:
    kind = trigger["kind"]
    told = {name: str(value) for name, value in trigger.items() if name not in {"kind", "where", "include_present"}}
    if kind in {"segment_entered", "segment_left"}:
        entered = "present" if trigger["include_present"] else "entered"
        return {"trigger": "left" if kind == "segment_left" else entered, "segment": trigger["segment"]}
    if kind == "silence":
        told = {"silent_of": told["of"], "silent_days": told["days"], "segment": told["segment"]}
    where = {f"where-{name}": text for name, text in WhereRows.typed(trigger.get("where")).items()}
    return {"trigger": kind, **told, **where}
