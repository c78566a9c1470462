"""Surveys with their questions in versions, who was invited, what was answered, and the bad answers to follow up."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.business.models import Branch, StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer
from mijoz.segments.models import KEY, in_language
from mijoz.surveys.listening.models import Interview, Passage, Theme  # noqa: F401 - a room of its own


class Touchpoint(models.TextChoices):
    CONSULTATION = "consultation", _("Consultation")
    ORDER = "order", pgettext_lazy("touchpoint", "Order")
    QUEUE = "queue", _("Queue")
    PERFORMANCE = "performance", _("The service being done")
    WARRANTY = "warranty", _("Warranty")
    COMPLAINT = "complaint", pgettext_lazy("touchpoint", "Complaint")
    FOLLOW_UP = "follow_up", _("Follow-up")


@tracked("key", "names", "state", "touchpoint", "rest_days")
class Survey(models.Model):
    """Questions about one episode of service. Texts are objects by language: {"uz": ..., "ru": ..., "en": ...}.

    Whether it is anonymous is decided when it is made and never changed: what people were promised holds.
    """

    class Kind(models.TextChoices):
        SERVPERF = "servperf", _("Service quality, perceptions only (SERVPERF)")
        SERVQUAL = "servqual", _("Service quality, expected and perceived (SERVQUAL)")
        NPS = "nps", _("Would you recommend us (NPS)")
        CSAT = "csat", _("How satisfied are you (CSAT)")
        CES = "ces", _("How easy was it (CES)")
        INDICATORS = "indicators", _("How personal was the service")
        FREE = "free", _("Questions of your own")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PILOT = "pilot", _("Pilot")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    kind = models.CharField(max_length=20, choices=Kind)
    names = models.JSONField()
    is_anonymous = models.BooleanField(default=False)
    touchpoint = models.CharField(max_length=20, choices=Touchpoint, default=Touchpoint.FOLLOW_UP)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_default=State.DRAFT)
    rest_days = models.PositiveSmallIntegerField(default=30)  # between two invitations of one customer, of any survey
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "pilot", "open", "closed"]), name="survey_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key

    @property
    def takes_answers(self) -> bool:
        return self.state in {Survey.State.PILOT, Survey.State.OPEN}


@tracked("survey", "number", "definition")
class SurveyVersion(models.Model):
    """Questions as they were asked, see definition.py; the highest number is asked now."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="versions_of_a_survey_are_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="survey_versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.number}"


@tracked("survey", "name", "branch", "kind", "is_open")
class Place(models.Model):
    """Where answers are collected without an invitation: a QR code on a table or receipt, a tablet at the door."""

    class Kind(models.TextChoices):
        QR = "qr", _("QR code")
        KIOSK = "kiosk", _("Tablet")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="places")
    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    branch = models.ForeignKey(
        Branch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One customer asked about one episode (the reference of a visit, a receipt, a case). Of an anonymous survey there
    is none that says whether it was answered: the link is the same for everybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="survey_invitations", db_index=False)
    episode = models.CharField(max_length=100)
    channel = models.CharField(max_length=20)
    branch = models.ForeignKey(
        Branch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    segment = models.CharField(max_length=40, default="", blank=True)
    scenario = models.CharField(max_length=60, default="", blank=True)  # which asked, by its key, with whose step
    enrolment = models.BigIntegerField(null=True)
    step = models.CharField(max_length=20, default="", blank=True)
    is_test = models.BooleanField(default=False, db_default=False)  # of a scenario tried on one person
    is_settled = models.BooleanField(default=False, db_default=False)  # the scenario was told what came of it
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "customer", "episode"], name="asked_once_about_an_episode"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="an_invitation_has_a_length"),
        ]
        indexes = [
            models.Index(fields=["survey", "-invited_at"], name="invitation_by_survey"),
            models.Index(fields=["customer", "-invited_at"], name="invitation_by_customer"),
            models.Index(
                fields=["expires_at"],
                condition=Q(enrolment__isnull=False, is_settled=False),
                name="invitation_to_settle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} about {self.episode}"


class Response(models.Model):
    """One filled-in survey. `answers` is {question: value}; what was passed over is missing, "does not apply" is null.

    An anonymous one knows no customer, no invitation, no moment and no order: only the day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses", db_index=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_anonymous = models.BooleanField()
    invitation = models.OneToOneField(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="response"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="survey_responses"
    )
    place = models.ForeignKey(Place, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    branch = models.ForeignKey(
        Branch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    segment = models.CharField(max_length=40, default="", blank=True)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    is_pilot = models.BooleanField(default=False)
    answered_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    is_straight = models.BooleanField(default=False)  # the same answer to every item of a long scale
    answers = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_anonymous=False)
                | Q(invitation=None, customer=None, answered_at=None, seconds=None, segment=""),
                name="anonymous_answers_lead_to_nobody",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=True) | Q(answered_at__isnull=False), name="other_answers_have_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["survey", "-answered_on"], name="response_by_survey")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.answered_on}"


@tracked("customer", "state", "owner", "outcome", "note")
class FollowUp(models.Model):
    """A bad answer of somebody known: call, put it right, and write down what came of it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("follow-up", "To do")
        CLOSED = "closed", pgettext_lazy("follow-up", "Done")

    class Outcome(models.TextChoices):
        PUT_RIGHT = "put_right", _("Put right")
        EXPLAINED = "explained", _("Explained")
        NOT_REACHED = "not_reached", _("Could not be reached")
        NO_FAULT = "no_fault", _("Nothing was wrong")

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="follow_up")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="follow_ups")
    why = models.CharField(max_length=40)  # the question whose answer was bad
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_default=State.OPEN)
    owner = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default="", blank=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | Q(state="open", closed_at=None, outcome=""),
                name="closed_follow_ups_say_what_came_of_them",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="follow_up_open")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.why}"
