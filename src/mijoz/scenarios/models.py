"""Scenarios with their definitions in versions, who is enrolled in them, and the tasks they give to staff."""

from __future__ import annotations

import re

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import Branch, Role, StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.contacts import spaced
from mijoz.customers.models import Customer
from mijoz.scenarios.choosing.models import ChoosingSettings, Lesson, OwnCount, SegmentCount  # noqa: F401 - their own rooms
from mijoz.scenarios.next_offer.models import OfferedService, OfferModel, Suggestion  # noqa: F401
from mijoz.segments.models import KEY, in_language

FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence, which says what to do, and the rest, which says how."""
    what, *how = FIRST_SENTENCE.split(text, maxsplit=1)
    return what, "".join(how).strip()


@tracked("key", "names", "descriptions", "state", "pilot_percent")
class Scenario(models.Model):
    """Which service a segment gets. Texts are objects by language: {"uz": ..., "ru": ..., "en": ...}.

    Only a live scenario enrols and takes steps. A paused one keeps its enrolments where they are; stopping ends them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    names = models.JSONField()
    descriptions = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, db_default=State.DRAFT, default=State.DRAFT)
    # Live for so many of a hundred of those who fit, drawn by chance; for all of them without it.
    pilot_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    started_at = models.DateTimeField(null=True)  # the last time it was started, not resumed
    # What its trigger has seen: moments until then, rows of the log of transactions before that one.
    looked_until = models.DateTimeField(null=True)
    seen_transactions = models.BigIntegerField(null=True)
    state_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    state_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["order", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "live", "paused", "stopped"]), name="scenario_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False), name="only_a_draft_was_never_started"
            ),
            models.CheckConstraint(
                condition=Q(pilot_percent=None) | Q(pilot_percent__gte=1, pilot_percent__lte=99),
                name="a_pilot_is_for_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key

    @property
    def description(self) -> str:
        return in_language(self.descriptions)


@tracked("scenario", "number", "definition")
class ScenarioVersion(models.Model):
    """A definition as it was written; never changed afterwards. The highest number is in force for new enrolments."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    definition = models.JSONField()  # see definition.py
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["scenario", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="versions_of_a_scenario_are_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="scenario_versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id}/{self.number}"


class Enrolment(models.Model):
    """One customer in one scenario, on the version that was in force when it began.

    A treated one runs: `next_step` counts the steps taken, and the next is due at `due_at`. When all are taken, and
    for a held-out one from the beginning, only the goal is watched until its window closes. Without a version it was
    taken from the log: somebody else's scenario engine, or the simulator's, made it.

    `withheld` says what a held-out one goes without: who goes without a part only takes the steps of the other part.
    `occasion` names what it was begun for (a booking, a birthday), "" when it is for the customer at all. A step that
    waits since `waits_since` goes on at `due_at`, or when the step `waits_for` has come to its outcome.
    """

    class Arm(models.TextChoices):  # as in analysis.arms
        TREATED = "treated", _("Served by it")
        HOLD_OUT = "hold-out", _("For comparison")

    class State(models.TextChoices):
        RUNNING = "running", _("Between steps")
        WATCHED = "watched", _("Steps done")
        ENDED = "ended", _("Ended")

    class Ending(models.TextChoices):
        GOAL_REACHED = "goal_reached", _("Goal reached")
        WINDOW_CLOSED = "window_closed", _("Time is up")
        SCENARIO_STOPPED = "scenario_stopped", _("Scenario stopped")
        FROM_LOG = "from_log", _("Known from the log")
        PERSON_ERASED = "person_erased", _("Customer erased")

    class Withheld(models.TextChoices):
        NOTHING = "", _("nothing")
        EVERYTHING = "everything", _("everything")
        MESSAGES = "messages", _("messages and offers")
        SERVICE = "service", _("the service")

    OPEN = (State.RUNNING, State.WATCHED)

    id = models.BigAutoField(primary_key=True)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    version = models.ForeignKey(
        ScenarioVersion, on_delete=models.PROTECT, related_name="enrolments", db_index=False, null=True
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="scenario_enrolments", db_index=False)
    arm = models.CharField(max_length=10, choices=Arm)
    withheld = models.CharField(max_length=10, choices=Withheld, db_default="", default="", blank=True)
    is_test = models.BooleanField(db_default=False, default=False)  # to see it work; counts nowhere
    occasion = models.CharField(max_length=80, db_default="", default="")
    segment = models.CharField(max_length=40, db_default="", default="")  # key of the one they were enrolled from
    enrolled_at = models.DateTimeField()
    window_closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State)
    next_step = models.PositiveSmallIntegerField(db_default=0, default=0)
    due_at = models.DateTimeField(null=True)
    waits_since = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=20, db_default="", default="")  # key of a step
    offer_until = models.DateField(null=True)  # last day of the offer made last
    offer_code = models.CharField(max_length=40, db_default="", default="")  # the customer's own code of it
    facts = models.JSONField(null=True)  # what its conditions asked of the customer, as it was then
    ways = models.JSONField(null=True)  # by step why this channel was chosen, see choosing.choice.Why
    goal_reached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, db_default="", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "customer", "occasion"],
                condition=Q(state__in=["running", "watched"]),
                name="one_open_enrolment_per_scenario",
            ),
            models.UniqueConstraint(
                fields=["scenario", "customer", "occasion"],
                condition=~Q(occasion=""),
                name="one_enrolment_per_occasion",
            ),
            models.CheckConstraint(condition=Q(arm__in=["treated", "hold-out"]), name="arm_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "watched", "ended"]), name="enrolment_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(arm="hold-out", state="running", withheld__in=["", "everything"]),
                name="nobody_held_out_is_treated",
            ),
            models.CheckConstraint(condition=Q(arm="hold-out") | Q(withheld=""), name="the_treated_go_without_nothing"),
            models.CheckConstraint(condition=~Q(is_test=True, arm="hold-out"), name="tests_are_treated"),
            models.CheckConstraint(condition=Q(state="running") | Q(waits_for=""), name="only_running_ones_wait"),
            models.CheckConstraint(
                condition=Q(state="running") ^ Q(due_at__isnull=True), name="only_running_enrolments_are_due"
            ),
            models.CheckConstraint(
                condition=Q(state="ended") ^ (Q(ended_at__isnull=True) & Q(ending="")),
                name="ended_enrolments_say_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False) | Q(ending="from_log"), name="enrolments_follow_a_version"
            ),
            models.CheckConstraint(condition=Q(window_closes_at__gt=F("enrolled_at")), name="goal_window_has_a_length"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="running"), name="enrolment_due"),
            models.Index(fields=["waits_for", "due_at"], condition=~Q(waits_for=""), name="enrolment_waiting"),
            models.Index(fields=["window_closes_at"], condition=Q(state="watched"), name="enrolment_window"),
            models.Index(fields=["scenario", "-enrolled_at", "-id"], name="enrolment_by_scenario"),
            models.Index(fields=["customer", "-enrolled_at"], name="enrolment_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.scenario_id}"


class StepOutcome(models.Model):
    """What a step came to for one enrolment, written once it is known; `detail` is the reason of a stop or failure.

    A failed message that is tried again may come to another one; nothing else changes. The enrolment is a plain number:
    these rows are written by the million, and nobody is deleted but with all that is known of them.
    """

    pk = models.CompositePrimaryKey("enrolment", "step")
    enrolment = models.BigIntegerField()
    step = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    detail = models.CharField(max_length=60, db_default="", default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.step}: {self.outcome}"


class Task(models.Model):
    """What a scenario asks staff to do for a customer. It is for a role; with a branch, for those of that branch.

    `asked` lists what of the protocol is to be confirmed ({"key": …, "texts": {…}}); `confirmed` says of each whether
    it was done.
    """

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    step = models.CharField(max_length=20)
    texts = models.JSONField()
    role = models.CharField(max_length=20, choices=Role)
    branch = models.ForeignKey(Branch, on_delete=models.SET_NULL, null=True, blank=True, db_index=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="done_tasks"
    )
    note = models.TextField(default="", blank=True)
    asked = models.JSONField(default=list)
    confirmed = models.JSONField(null=True)
    is_overdue_noted = models.BooleanField(db_default=False, default=False)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step"], name="one_task_per_enrolment_and_step"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="task_role_is_known"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(note="", done_by=None, confirmed=None),
                name="notes_belong_to_done_tasks",
            ),
        ]
        indexes = [
            models.Index(fields=["role", "due_at", "id"], condition=Q(done_at=None), name="task_open"),
            models.Index(
                fields=["due_at"], condition=Q(done_at=None, is_overdue_noted=False), name="task_not_overdue_yet"
            ),
            models.Index(fields=["-done_at", "-id"], condition=Q(done_at__isnull=False), name="task_done"),
            models.Index(fields=["customer", "-id"], name="task_by_customer"),
            models.Index(fields=["scenario", "step"], name="task_by_step"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return in_language(self.texts)

    @property
    def title(self) -> str:
        """What to do: the first sentence."""
        return first_sentence(self.text)[0]

    @property
    def script(self) -> str:
        """How to do it: what follows the first sentence."""
        return first_sentence(self.text)[1]

    @property
    def to_confirm(self) -> list[dict[str, object]]:
        """What is to be confirmed of the protocol: `key`, `text`, and whether it was `done`."""
        said = self.confirmed or {}
        return [
            {"key": one["key"], "text": in_language(one["texts"]), "done": bool(said.get(one["key"]))}
            for one in self.asked
        ]

    @property
    def phone(self) -> str:
        """The customer's phone as people read it."""
        return spaced(self.customer.phone)


@tracked("key", "name", "url", "is_active")
class Endpoint(models.Model):
    """An address of another system that steps call, signed with a secret that is kept sealed."""

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    sealed_secret = models.TextField()
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "key"]

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One signed call on its way to an endpoint, and what came of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="calls", db_index=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="calls", db_index=False)
    step = models.CharField(max_length=20)
    body = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, db_default=Status.WAITING, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=200, db_default="", default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step"], name="one_call_per_enrolment_and_step"),
            models.CheckConstraint(
                condition=Q(status="waiting") ^ Q(settled_at__isnull=False), name="settled_calls_have_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="waiting"), name="call_due"),
            models.Index(fields=["endpoint", "-id"], name="call_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.enrolment_id}/{self.step}"
