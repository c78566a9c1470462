"""What is told about a customer: traits with where they came from, notes, tags, relations, preferences."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models.people import LANGUAGES, Customer
from mijoz.events.models import Identity, Source


class Trait(models.Model):
    """One value that one source tells of an identity, the latest it told: cleaned, and as it was given.

    It hangs on the identity, so that a merge moves it and an undone merge moves it back. Which value of several the
    customer's own columns show follows from these rows.
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="traits", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=60)
    value = models.TextField(db_default="", default="")  # "" when the original could not be read as what it should be
    original = models.TextField(db_default="", default="")
    trouble = models.CharField(max_length=200, db_default="", default="")  # why there is no value
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=254, db_default="", default="")  # staff address, "customer", "" for a system

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "source", "name"], name="trait_told_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value or self.original}"


@tracked(without=["written_at", "changed_at"])
class Note(models.Model):
    """What staff write down about a customer for each other."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=4000)
    written_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    written_through = models.CharField(max_length=60, db_default="", default="", blank=True)  # a program
    written_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(null=True)
    is_pinned = models.BooleanField(_("keep on top"), db_default=False, default=False)

    class Meta:
        ordering = ["-is_pinned", "-written_at"]

    def __str__(self) -> str:
        return self.text[:40]


class Tag(models.Model):
    name = models.CharField(_("tag"), max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@tracked(without=["tagged_at"])
class Tagging(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    tagged_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="tagged_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} #{self.tag_id}"


@tracked(without=["created_at"])
class Relation(models.Model):
    """How one customer stands to another, read from `customer`: Anvar is `parent` of Malika."""

    class Kind(models.TextChoices):
        SPOUSE = "spouse", _("Spouse")
        PARENT = "parent", _("Parent")
        CHILD = "child", _("Child")
        SIBLING = "sibling", _("Brother or sister")
        RELATIVE = "relative", _("Relative")
        EMPLOYER = "employer", _("Employer")
        EMPLOYEE = "employee", _("Employee")
        COLLEAGUE = "colleague", _("Colleague")
        FRIEND = "friend", _("Friend")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("relation"), max_length=20, choices=Kind)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "other", "kind"], name="related_once"),
            models.CheckConstraint(condition=~Q(customer=F("other")), name="related_to_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.other_id}"


class Preferences(models.Model):
    """What the customer chose for themselves in the preference centre; it counts before what we find out."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True)
    language = models.CharField(_("language"), max_length=2, default="", blank=True, choices=LANGUAGES)
    channel = models.CharField(_("preferred channel"), max_length=20, default="", blank=True)
    hours = models.CharField(_("preferred hours"), max_length=40, default="", blank=True)
    messages_a_month = models.PositiveSmallIntegerField(_("messages a month at most"), null=True, blank=True)
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.customer_id)
