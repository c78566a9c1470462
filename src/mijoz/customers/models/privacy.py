"""Who looked at whom, what people asked of us about their own records, and how long anything is kept."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.customers.models.people import Customer

OPENED: list[tuple[str, str | Promise]] = [
    ("page", _("the page")),
    ("copy", _("a copy of everything")),
    ("list export", _("the export of the list")),
    ("api", _("the record by a program")),
    ("api list", _("a list by a program")),
    ("contact", _("phone and e-mail")),
]


class Look(models.Model):
    """A member of staff opened, searched or exported somebody's record."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="looks", db_index=False)
    member = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=40)  # page, export, list export, API
    saw_contacts = models.BooleanField(default=False)
    people = models.PositiveIntegerField(db_default=1, default=1)  # more when a list was looked at, which names nobody

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at"], name="look_by_customer"),
            models.Index(fields=["-at"], name="look_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.customer_id}"

    @property
    def what_in_words(self) -> str:
        return str(dict(OPENED).get(self.what, self.what))


class SubjectRequest(models.Model):
    """What a person asked of us about their own record (access, erasure, restriction, objection), and its outcome."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("A copy of everything")
        ERASURE = "erasure", _("Erasure")
        RESTRICTION = "restriction", _("Restriction")
        OBJECTION = "objection", _("Objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer_number = models.BigIntegerField()  # no foreign key: it outlives the record
    kind = models.CharField(max_length=20, choices=Kind)
    asked_at = models.DateTimeField()
    asked_through = models.CharField(max_length=40, default="")  # staff, portal, command
    taken_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", blank=True)  # what we told the person, or why it was refused
    proof = models.JSONField(default=dict)  # rows changed by table, and what a search for the person found afterwards

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_number}"


class PortalLink(models.Model):
    """A way into the customer's own pages; its signed number is the address, so nothing in it tells who it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="portal_links")
    channel = models.CharField(
        max_length=20, default="", db_default=""
    )  # by which it was sent, "" when copied by staff
    sent_to = models.CharField(max_length=254, default="", db_default="")  # so whoever opens it owns this address
    made_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return str(self.customer_id)


class ErasedIdentifier(models.Model):
    """A salted digest of a phone, e-mail or number that was erased, so that it is known when it comes again."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d}"


class MetAgain(models.Model):
    """Somebody whose phone, e-mail or number was erased earlier is known again: nothing agreed to before counts."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="met_again")
    erased_at = models.DateTimeField()
    met_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.customer_id)


class RetentionRule(models.Model):
    """How many months one kind of rows is kept; without a rule it is kept for ever."""

    kind = models.CharField(max_length=80, primary_key=True)
    months = models.PositiveSmallIntegerField()
    changed_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(months__gte=1), name="kept_for_a_month_at_least")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.months}"


class RetentionRun(models.Model):
    """What one night removed of one kind."""

    kind = models.CharField(max_length=80)
    ran_at = models.DateTimeField()
    older_than = models.DateTimeField()
    rows = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["-ran_at", "kind"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.rows}"


class PrivacySettings(models.Model):
    """Who answers for personal data here, where it is, and how consent is asked."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    confirmed_purposes = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # double opt-in
    keeps_network = models.BooleanField(_("keep the beginning of the network address as proof"), default=False)
    operator = models.CharField(_("legal name of the operator"), max_length=200, default="", blank=True)
    tax_number = models.CharField(_("tax number"), max_length=20, default="", blank=True)
    responsible = models.CharField(_("who is responsible for personal data"), max_length=200, default="", blank=True)
    contact = models.CharField(_("where customers write about their data"), max_length=254, default="", blank=True)
    breach_contact = models.CharField(_("whom staff call when data got out"), max_length=254, default="", blank=True)
    hosting_country = models.CharField(_("country where the data is kept"), max_length=2, default="", blank=True)
    processors = models.TextField(_("who else works with the data for us"), default="", blank=True)
    cross_border = models.TextField(_("what goes to other countries, and on what ground"), default="", blank=True)
    backups_kept_days = models.PositiveSmallIntegerField(_("days for which backups are kept"), null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_privacy_settings")]

    def __str__(self) -> str:
        return self.operator


class ChecklistAnswer(models.Model):
    """What somebody said of a duty whose state no table tells."""

    class State(models.TextChoices):
        DONE = "done", _("Done")
        OPEN = "open", _("Not done")
        NOT_NEEDED = "not_needed", _("Does not concern us")

    duty = models.CharField(max_length=60, primary_key=True)
    state = models.CharField(max_length=12, choices=State)
    note = models.CharField(max_length=400, default="", blank=True)
    answered_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.duty}: {self.state}"
