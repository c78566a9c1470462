"""The steps of a scenario, a form for each kind, and where what is wrong with them is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from mijoz.business.models import Branch, Role
from mijoz.channels.models import Channel
from mijoz.channels.queries import open_channels
from mijoz.channels.reports.actions import outcomes_told
from mijoz.channels.ways import WAYS, Way
from mijoz.loyalty import queries as loyalty
from mijoz.scenarios import hooks, sentences
from mijoz.scenarios.definition import BEST, KINDS, OUTCOMES, kind_label, outcome_label
from mijoz.scenarios.forms.fields import (
    LANGUAGES,
    DefinitionForm,
    Mistake,
    Posted,
    Typed,
    choice,
    key_of,
    line,
    number,
    percent,
    share,
    whole,
)
from mijoz.scenarios.forms.rows import ArmRows, ConfirmRows, WhereRows
from mijoz.scenarios.forms.settings import SettingsForm
from mijoz.scenarios.models import Endpoint
from mijoz.scenarios.step_kinds import SHORT, TOLD_LATER, has_subject
from mijoz.segments import drafts, rules
from mijoz.segments import sentences as rule_sentences
from mijoz.segments.forms import ConditionForm
from mijoz.segments.models import in_language


def channels_offered(chosen: str = "") -> list[tuple[str, Any]]:
    """The channels by which one can write now, the `chosen` one whatever has become of it, and each customer's best."""
    offered = open_channels()
    known = [(channel.value, channel.label) for channel in Channel if channel.value in (*offered, chosen)]
    return [*known, (BEST, gettext_lazy("the customer's best channel"))]


class StepForm(DefinitionForm):
    """One step. `kind`, `key` and `parent` travel with it: the way in which it stands, "" for the scenario's own."""

    kind: ClassVar[str]
    ways: tuple[str, ...] = ()  # into which further steps can be put
    redraws: ClassVar[tuple[str, ...]] = ()  # fields from which follows what else is asked
    speaks: Any = True  # whether its texts are written here

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, prefix=f"step-{place}")
        self.place, self.key, self.parent = place, key, parent
        self.inside: dict[str, list[StepForm]] = {}

    @property
    def label(self) -> str:
        return kind_label(self.kind)

    @property
    def icon(self) -> str:
        return sentences.ICONS[self.kind]

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, "key": self.key, **self.particulars()}

    def particulars(self) -> dict[str, Any]:
        raise NotImplementedError

    def shown_fields(self) -> list[forms.BoundField]:
        """The fields without a language that what was chosen needs."""
        return [field for field in self.plain_fields() if not field.is_hidden]

    def ways_in_words(self) -> list[tuple[str, str, list[StepForm]]]:
        """The ways out of it: the name of their steps' parent, what it is called, the steps."""
        return [
            (f"{self.key}.{way}", self.way_label(way), self.inside.get(f"{self.key}.{way}", [])) for way in self.ways
        ]

    def way_label(self, way: str) -> str:
        return way

    @classmethod
    def typed(cls, step: dict[str, Any], place: int) -> dict[str, str]:
        """The fields that stand for this step, by their names in the page."""
        flat: dict[str, str] = {"kind": step["kind"], "key": step["key"]}
        for name, value in step.items():
            if name in cls.language_fields:
                flat |= {f"{name}_{code}": text for code, text in value.items()}
            elif name == "discount":
                flat[name] = percent(value)
            elif isinstance(value, bool):
                flat[name] = "on" if value else ""
            elif value is not None and not isinstance(value, list | tuple | dict):
                flat[name] = str(value)
        flat |= cls.typed_lists(step)
        return {f"step-{place}-{name}": text for name, text in flat.items()}

    @classmethod
    def typed_lists(cls, step: dict[str, Any]) -> dict[str, str]:
        """The fields that stand for the lists inside of the step."""
        return {}


class WaitForm(StepForm):
    kind = "wait"
    until = choice(
        pgettext_lazy("wait", "Until"),
        [
            ("", gettext_lazy("the time has passed")),
            ("event", gettext_lazy("something happens, so long at the longest")),
            ("good_hours", gettext_lazy("the customer's good hours, so long at the longest")),
        ],
    )
    days = number(gettext_lazy("Days"), 0, 365)
    hours = number(gettext_lazy("Hours"), 0, 23)
    event = line(gettext_lazy("What happens"), list="sc-events", autocomplete="off", maxlength=100)
    redraws = ("until",)

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        self.where = WhereRows(posted, prefix=f"{self.prefix}-where")

    @property
    def asks_of_event(self) -> bool:
        return self.text("until") == "event"

    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("until", "days", "hours", *(["event"] if self.asks_of_event else []))]

    def particulars(self) -> dict[str, Any]:
        told: dict[str, Any] = {name: whole(self.text(name) or "0") for name in ("days", "hours")}
        told["until"] = self.text("until")
        if self.asks_of_event:
            told |= {"event": self.text("event").strip(), "where": self.where.document()}
        return told

    def show(self, where: str, sentence: str, *, language: str) -> str:
        if where.startswith("where."):
            self.where.show(where.removeprefix("where."), sentence)
            return _("Conditions on it")
        return super().show(where, sentence, language=language)

    @classmethod
    def typed_lists(cls, step: dict[str, Any]) -> dict[str, str]:
        return {f"where-{name}": text for name, text in WhereRows.typed(step.get("where")).items()}


class ForkForm(StepForm):
    """A branch asks the outcome of an earlier step, or one condition on the customer; a rule of several is kept."""

    kind = "branch"
    ways = ("then", "otherwise")
    asks = choice(
        gettext_lazy("What is asked"),
        [
            ("rule", gettext_lazy("something about the customer")),
            ("step", gettext_lazy("what came of an earlier step")),
        ],
    )
    step = choice(gettext_lazy("Which step"), [])
    kept = Typed(required=False, widget=forms.HiddenInput)  # a rule that the page cannot show, as JSON
    redraws = ("asks", "step")

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        self.posted = posted
        self.earlier: list[StepForm] = []
        self.condition = ConditionForm(_condition(posted, f"{self.prefix}-rule"), prefix=f"{self.prefix}-rule",
                                       checked=False)  # fmt: skip

    def connect(self, earlier: list[StepForm]) -> None:
        """Let the branch ask for what came of these steps."""
        self.earlier = [step for step in earlier if outcomes_of_form(step)]
        named = [(step.key, f"{step.place + 1}. {step.label}") for step in self.earlier]
        self.fields["step"].widget = forms.Select(choices=[("", _("choose")), *named])

    @property
    def asks_rule(self) -> bool:
        return self.text("asks") != "step"

    @property
    def kept_in_words(self) -> str:
        """The rule that is kept, in words; "" for none."""
        rule = self._kept_rule()
        return rule_sentences.of_rule(rule) if rule else ""

    def outcome_choices(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen) of each outcome of the step that is asked."""
        asked, chosen = self._asked(), set(self.chosen_outcomes())
        return [(one, outcome_label(one), one in chosen) for one in (outcomes_of_form(asked) if asked else ())]

    def untold(self) -> str:
        """Those of the outcomes that nobody tells of messages by this channel; "" when all are told."""
        asked = self._asked()
        if asked is None or asked.kind != "message":
            return ""
        channel = asked.text("channel")
        told = outcomes_told(open_channels() if channel == BEST else [channel])
        return ", ".join(f"“{outcome_label(one)}”" for one in TOLD_LATER if one not in told)

    def _asked(self) -> StepForm | None:
        """The earlier step of which it asks."""
        return next((step for step in self.earlier if step.key == self.text("step")), None)

    def chosen_outcomes(self) -> list[str]:
        return [
            one
            for one in self.posted.get(f"{self.prefix}-outcomes", "").split(",")
            + [name.rpartition("-")[2] for name in self.posted if name.startswith(f"{self.prefix}-outcome-")]
            if one
        ]

    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("asks", *([] if self.asks_rule else ["step"]))]

    def way_label(self, way: str) -> str:
        return pgettext("way", "if so") if way == "then" else pgettext("way", "if not")

    def particulars(self) -> dict[str, Any]:
        if not self.asks_rule:
            return {"rule": None, "step": self.text("step"), "outcomes": self.chosen_outcomes()}
        kept = self._kept_rule()
        return {"rule": kept.document() if kept else self.condition.condition.document(), "step": "", "outcomes": []}

    def _kept_rule(self) -> rules.Rule | None:
        try:
            return rules.parse(json.loads(self.text("kept"))) if self.text("kept") else None
        except (ValueError, rules.RuleRefused):
            return None

    @classmethod
    def typed_lists(cls, step: dict[str, Any]) -> dict[str, str]:
        rule, told = step.get("rule"), {"asks": "step" if step.get("step") else "rule"}
        told["outcomes"] = ",".join(step.get("outcomes") or ())
        if not rule:
            return told
        draft = drafts.from_rule(rules.parse(rule))
        if draft is None or len(draft.groups) > 1 or len(draft.groups[0].conditions) > 1:
            return told | {"kept": json.dumps(rule)}
        (condition,) = draft.groups[0].conditions
        if draft.groups[0].match == "none":
            return told | {"kept": json.dumps(rule)}
        told |= {"rule-field": condition.field, "rule-was": condition.field, "rule-operator": condition.operator}
        for name, text in condition.said:  # a name may come several times
            said = told.get(f"rule-of-{name}")
            told[f"rule-of-{name}"] = text if said is None else f"{said}\n{text}"
        return told | {"rule-value": "\n".join(condition.values)}


class SplitForm(StepForm):
    kind = "split"

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        self.arms = ArmRows(posted, prefix=f"{self.prefix}-arm")
        self.ways = tuple(self.arms.keys)

    def way_label(self, way: str) -> str:
        row = next(row for row in self.arms.written if row.typed["key"] == way)
        named = {code: text for code, _language, text in row.names() if text.strip()}
        return f"{in_language(named) or way}, {row.typed.get('share', '')} %"

    def particulars(self) -> dict[str, Any]:
        return {
            "arms": [
                {
                    "key": row.typed["key"],
                    "share": whole(row.typed.get("share", "")),
                    "names": {code: text.strip() for code, _language, text in row.names() if text.strip()},
                }
                for row in self.arms.written
            ]
        }

    def show(self, where: str, sentence: str, *, language: str) -> str:
        if where.startswith("arms.") and where.count("."):
            self.arms.show(where.removeprefix("arms."), sentence)
            return _("Arms")
        return super().show("", sentence, language=language)

    @classmethod
    def typed_lists(cls, step: dict[str, Any]) -> dict[str, str]:
        return {f"arm-{name}": text for name, text in ArmRows.typed(step.get("arms")).items()}


class MessageForm(StepForm):
    kind = "message"
    language_fields = {
        "subjects": (gettext_lazy("Subject"), 1),
        "texts": (gettext_lazy("Text"), 9),
        "short_texts": (gettext_lazy("Text for SMS, if another"), 3),
    }
    channel = choice(gettext_lazy("Channel"), [])
    redraws = ("channel",)

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        self.fields["channel"].widget = forms.Select(choices=channels_offered(self.text("channel")))
        unasked = [] if has_subject(self.chosen) else ["subjects"]
        if self.chosen != BEST or not SHORT & set(open_channels()):
            unasked.append("short_texts")
        for name in unasked:
            for code, _language in LANGUAGES:  # kept, for who chooses another channel again
                self.fields[f"{name}_{code}"].widget = forms.HiddenInput()

    @property
    def chosen(self) -> str:
        """The channel as it stands."""
        return self.text("channel") or open_channels()[0]

    @cached_property
    def way(self) -> Way:
        """The channel by which a trial of it goes."""
        return WAYS[open_channels()[0] if self.chosen == BEST or self.chosen not in WAYS else self.chosen]

    def particulars(self) -> dict[str, Any]:
        return {"channel": self.chosen, **{name: self.texts(name) for name in self.language_fields}}


class OfferForm(StepForm):
    kind = "offer"
    language_fields = {
        "names": (gettext_lazy("Name of the offer"), 1),
        "gifts": (gettext_lazy("Gift, if it is one"), 1),
    }
    source = choice(
        gettext_lazy("Which offer"),
        [
            ("own", gettext_lazy("one that is described here")),
            ("loyalty", gettext_lazy("one of the page of offers")),
            ("best", gettext_lazy("the one that suits the customer best")),
        ],
    )
    discount = number(
        gettext_lazy("Discount, per cent"),
        1,
        100,
        required=False,
        help_text=gettext_lazy("Leave it empty when the offer is a gift."),
    )
    valid_days = number(gettext_lazy("Valid for so many days"), 1, 365)
    offer = Typed(required=False, widget=forms.HiddenInput)
    redraws = ("source",)

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        if self.text("source") == "loyalty":
            self.fields["offer"] = choice(gettext_lazy("Offer"), [("", _("choose")), *offers()])

    @property
    def is_own(self) -> bool:
        return self.text("source") in {"", "own"}

    @property
    def speaks(self) -> bool:
        """Whether it has texts of its own."""
        return self.is_own

    def shown_fields(self) -> list[forms.BoundField]:
        chosen = {"loyalty": ["offer"], "best": []}.get(self.text("source"), ["discount"])
        return [self[name] for name in ("source", *chosen, "valid_days")]

    def particulars(self) -> dict[str, Any]:
        valid_days = whole(self.text("valid_days"))
        if not self.is_own:
            offer = self.text("offer") if self.text("source") == "loyalty" else ""
            return {"source": self.text("source"), "offer": offer, "valid_days": valid_days}
        names = self.texts("names")
        return {
            "source": "own",
            "offer": self.text("offer") or key_of(names.get("en") or next(iter(names.values()), "offer")),
            "names": names,
            "gifts": self.texts("gifts"),
            "discount": share(self.text("discount")),
            "valid_days": valid_days,
        }


class ProtocolForm(StepForm):
    kind = "protocol"
    language_fields = {"scripts": (gettext_lazy("Script for staff"), 4)}
    priority = choice(
        gettext_lazy("Priority in the queue"),
        [("", gettext_lazy("as it is")), ("0", gettext_lazy("0, like everybody"))]
        + [(str(place), str(place)) for place in range(1, 10)],
        help_text=gettext_lazy("Higher is served first."),
    )
    package = choice(
        gettext_lazy("Package"),
        [
            ("", gettext_lazy("as it is")),
            ("minimal", gettext_lazy("minimal")),
            ("value_adding", gettext_lazy("value-adding")),
        ],
    )
    preferred_channel = choice(gettext_lazy("Preferred channel"), [])
    preferred_hours = line(gettext_lazy("Preferred hours"), required=False, maxlength=40)
    response_minutes = number(
        gettext_lazy("Staff answer within so many minutes"),
        1,
        10_080,
        required=False,
        help_text=gettext_lazy("Empty: as it is."),
    )

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        offered = [one for one in channels_offered(self.text("preferred_channel")) if one[0] != BEST]
        self.fields["preferred_channel"].widget = forms.Select(choices=[("", _("as it is")), *offered])

    def particulars(self) -> dict[str, Any]:
        named = ("package", "preferred_channel", "preferred_hours")
        return {
            "priority": whole(self.text("priority")),
            "scripts": self.texts("scripts"),
            "response_minutes": whole(self.text("response_minutes")),
            **{name: self.text(name) for name in named},
        }


class QueueForm(StepForm):
    kind = "queue"
    priority = number(gettext_lazy("Priority in the queue"), 1, 9, help_text=gettext_lazy("Higher is served first."))
    hours = number(gettext_lazy("For so many hours"), 1, 720)

    def particulars(self) -> dict[str, Any]:
        return {name: whole(self.text(name)) for name in ("priority", "hours")}


class TaskForm(StepForm):
    kind = "task"
    language_fields = {"texts": (gettext_lazy("What to do, and how"), 4)}
    role = choice(gettext_lazy("For"), Role.choices)
    branch = choice(gettext_lazy("Branch"), [])
    due_days = number(pgettext_lazy("task", "Due within so many days"), 0, 60)

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        named = [(branch.code, branch.name) for branch in Branch.objects.all()]
        self.fields["branch"].widget = forms.Select(choices=[("", _("all branches")), *named])
        self.confirm = ConfirmRows(posted, prefix=f"{self.prefix}-confirm")

    def particulars(self) -> dict[str, Any]:
        return {
            "texts": self.texts("texts"),
            "role": self.text("role"),
            "branch": self.text("branch"),
            "due_days": whole(self.text("due_days")),
            "confirm": self.confirm.document(),
        }

    def show(self, where: str, sentence: str, *, language: str) -> str:
        if where.startswith("confirm."):
            self.confirm.show(where.removeprefix("confirm."), sentence)
            return _("What staff confirm")
        return super().show(where, sentence, language=language)

    @classmethod
    def typed_lists(cls, step: dict[str, Any]) -> dict[str, str]:
        return {f"confirm-{name}": text for name, text in ConfirmRows.typed(step.get("confirm")).items()}


class SurveyForm(StepForm):
    kind = "survey"
    survey = choice(gettext_lazy("Survey"), [])
    channel = choice(gettext_lazy("Channel"), [])
    valid_days = number(gettext_lazy("Open for so many days"), 1, 60)

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        self.fields["channel"].widget = forms.Select(choices=channels_offered(self.text("channel")))
        known = hooks.surveys()
        written = self.text("survey").strip()
        if written and written not in dict(known):
            known.append((written, _("%(key)s (takes no answers now)") % {"key": written}))
        self.fields["survey"].widget = forms.Select(choices=[("", _("choose")), *known])
        if not known:
            self.fields["survey"].help_text = _("No survey takes answers now: open one under Surveys first.")

    def particulars(self) -> dict[str, Any]:
        channel = self.text("channel") or BEST
        return {"survey": self.text("survey").strip(), "channel": channel, "valid_days": whole(self.text("valid_days"))}


class WebhookForm(StepForm):
    kind = "webhook"
    endpoint = choice(gettext_lazy("Address that is called"), [])

    def __init__(self, posted: Posted, *, place: int, key: str, parent: str = "") -> None:
        super().__init__(posted, place=place, key=key, parent=parent)
        known = [(found.key, found.name) for found in Endpoint.objects.filter(is_active=True)]
        written = self.text("endpoint")
        if written and written not in dict(known):
            known.append((written, written))
        self.fields["endpoint"].widget = forms.Select(choices=[("", _("choose")), *known])

    def particulars(self) -> dict[str, Any]:
        return {"endpoint": self.text("endpoint").strip()}


class EndForm(StepForm):
    kind = "end"
    at_goal = forms.BooleanField(label=gettext_lazy("Only when the goal is reached"), required=False)

    def particulars(self) -> dict[str, Any]:
        return {"at_goal": bool(self.cleaned_data.get("at_goal"))}


def offers() -> list[tuple[str, str]]:
    """Key and name of the offers that run, from the page of offers."""
    return [(offer.key, offer.name) for offer in loyalty.offers(state="live")]


def outcomes_of_form(step: StepForm) -> tuple[str, ...]:
    """The outcomes to which a step as typed can come; none of those that only lead on."""
    if isinstance(step, SplitForm):
        return tuple(step.arms.keys)
    if isinstance(step, WaitForm):
        return ("happened", "timed_out") if step.asks_of_event else ()
    return () if step.kind == "branch" else OUTCOMES[step.kind]


def _condition(posted: Posted, prefix: str) -> drafts.Condition:
    """The condition as posted, of which a branch has one."""
    names = {
        f"0-0-{name.removeprefix(f'{prefix}-')}": str(text).splitlines() or [""]
        for name, text in posted.items()
        if name.startswith(f"{prefix}-")
    }
    return drafts.from_form(names).groups[0].conditions[0]


STEP_FORMS: dict[str, type[StepForm]] = {
    form.kind: form
    for form in (
        MessageForm, OfferForm, WaitForm, TaskForm, ProtocolForm, QueueForm, ForkForm, SplitForm, SurveyForm,
        WebhookForm, EndForm,
    )
}  # fmt: skip
assert set(STEP_FORMS) == set(KINDS)


def show_faults(
    faults: Iterable[tuple[str, str]], *, form: SettingsForm, places: Mapping[str, StepForm], language: str
) -> list[Mistake]:
    """Put each sentence to its field; returns all of them for the head of the page. `places` has steps by where
    they stand in the definition, such as steps.2.then.0."""
    mistakes = []
    for place, sentence in faults:
        head = place.partition(".")[0]
        step, inside = _step_at(place, places)
        if step is not None:
            label = step.show(inside, sentence, language=language)
            where = _("Step %(n)s, %(kind)s") % {"n": step.place + 1, "kind": step.label}
            mistakes.append(Mistake(f"step-{step.key}", f"{where}, {label}" if label else where, sentence))
        elif head in {"steps", ""}:
            mistakes.append(Mistake("measure-title" if not head else "steps-title", "", sentence))
        elif head == "eligibility":
            mistakes.append(Mistake("who-title", _("For whom"), sentence))
        else:
            label = form.show(place, sentence, language=language)
            anchor = "who-title" if head == "trigger" else "measure-title"
            mistakes.append(Mistake(anchor, label or _("Comparison and goal"), sentence))
    return mistakes


def _step_at(place: str, places: Mapping[str, StepForm]) -> tuple[StepForm | None, str]:
    """The innermost step at this place, and what the rest of the place names in it."""
    parts = place.split(".")
    for length in range(len(parts), 0, -1):
        found = places.get(".".join(parts[:length]))
        if found is not None:
            return found, ".".join(parts[length:])
    return None, place
