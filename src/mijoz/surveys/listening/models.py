"""Themes, interviews, passages, and what each coder saw in a passage."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import LANGUAGES, Customer
from mijoz.segments.models import KEY, in_language


@tracked("key", "names", "descriptions", "words", "is_active")
class Theme(models.Model):
    """What people speak of. Texts are objects by language; `words` are lists of example words by language."""

    key = models.CharField(max_length=40, unique=True, validators=[KEY])
    names = models.JSONField()
    descriptions = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names) or self.key

    @property
    def description(self) -> str:
        return in_language(self.descriptions)

    @property
    def examples(self) -> list[str]:
        """The example words of all languages."""
        told = [word for language in ("uz", "ru", "en") for word in self.words.get(language, [])]
        return list(dict.fromkeys(told))


@tracked("side", "customer", "consent", "asked_on", "language")
class Interview(models.Model):
    """A talk with one person, kept because they agreed to it. Without their name in it unless they agreed to that too.

    Its text stands in passages, which are never changed: what was coded stays what was said.
    """

    class Side(models.TextChoices):
        CUSTOMER = "customer", pgettext_lazy("interview", "Customer")
        STAFF = "staff", pgettext_lazy("interview", "Member of staff")

    class Consent(models.TextChoices):
        NAMED = "named", _("Yes, with their name")
        UNNAMED = "unnamed", _("Yes, but without their name")

    side = models.CharField(max_length=10, choices=Side)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="interviews")
    who = models.CharField(max_length=100, default="", blank=True)  # in a few words: a regular guest; receptionist
    guide = models.TextField(default="", blank=True)  # what was asked
    consent = models.CharField(max_length=10, choices=Consent)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    asked_on = models.DateField()
    interviewer = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consent="named") | Q(consent="unnamed", customer=None),
                name="who_stays_unnamed_is_not_linked",
            ),
            models.CheckConstraint(
                condition=Q(side="customer") | Q(side="staff", customer=None), name="staff_interviews_have_no_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


class Passage(models.Model):
    """Some sentences that can be coded: of an interview, or one open answer to a survey, whose words stay there.

    It knows no moment and its number is drawn by chance, so an anonymous answer stays without both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, null=True, blank=True, related_name="passages", db_index=False
    )
    position = models.PositiveIntegerField(default=0)
    text = models.TextField(default="", blank=True)
    response = models.ForeignKey(
        "surveys.Response", on_delete=models.CASCADE, null=True, blank=True, related_name="passages", db_index=False
    )
    question = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(interview__isnull=False, response=None, question="") & ~Q(text="")
                | Q(interview=None, response__isnull=False, text="") & ~Q(question=""),
                name="a_passage_is_of_one_interview_or_one_answer",
            ),
            models.UniqueConstraint(fields=["interview", "position"], name="passages_of_an_interview_are_in_order"),
            models.UniqueConstraint(fields=["response", "question"], name="an_answer_is_one_passage"),
        ]

    def __str__(self) -> str:
        return self.said[:80]

    @property
    def said(self) -> str:
        """The words; of an answer that was erased there are none left."""
        if self.response is not None:
            return str(self.response.answers.get(self.question) or "")
        return self.text


@tracked("passage", "coder", "is_blind")
class Reading(models.Model):
    """One coder has read one passage; what they saw stands in its codes, none when it speaks of no theme.

    `is_blind` says that somebody had read it before and this coder saw nothing of it.
    """

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="readings", db_index=False)
    coder = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    is_blind = models.BooleanField(default=False)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["read_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["passage", "coder"], name="a_coder_reads_a_passage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.passage_id} by {self.coder_id}"


class Tone(models.TextChoices):
    GOOD = "good", pgettext_lazy("tone", "Good")
    BAD = "bad", pgettext_lazy("tone", "Bad")
    MIXED = "mixed", pgettext_lazy("tone", "Mixed")


class Code(models.Model):
    """A theme that a coder saw in a passage, and how it was spoken of."""

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="codes", db_index=False)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="codes")
    tone = models.CharField(max_length=10, choices=Tone)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading", "theme"], name="a_theme_is_coded_once_in_a_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} {self.tone}"


@tracked("passage", "theme", "tone", "settled_by")
class Settlement(models.Model):
    """What holds of a theme where two coders differed; an empty tone says that the theme is not there."""

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="settlements", db_index=False)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    tone = models.CharField(max_length=10, choices=Tone, default="", blank=True)
    settled_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["passage", "theme"], name="a_difference_is_settled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.passage_id} {self.theme_id}"
