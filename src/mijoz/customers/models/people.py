"""The customer, what the log says of them, and how they are served."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Concat, Left, Lower, Now, NullIf, Trim
from django.utils.translation import gettext_lazy as _

from mijoz.business.tracking import tracked

LANGUAGES = [("uz", "Oʻzbekcha"), ("ru", "Русский"), ("en", "English")]


@tracked(
    "last_name", "first_name", "patronymic", "phone", "email", "language", "gender", "birth_on", "birthday", "address",
    "city", "number", "merged_into", "restricted_at", "erased_at",
)  # fmt: skip
class Customer(models.Model):
    """A person we serve. What they or staff told us stands here; what follows from the log stands in Profile."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    last_name = models.CharField(_("last name"), max_length=200, db_default="", default="", blank=True)
    first_name = models.CharField(_("first name"), max_length=200, db_default="", default="", blank=True)
    patronymic = models.CharField(_("patronymic"), max_length=200, db_default="", default="", blank=True)
    phone = models.CharField(_("phone"), max_length=40, db_default="", default="", blank=True)
    email = models.EmailField(_("e-mail"), db_default="", default="", blank=True)
    language = models.CharField(_("language"), max_length=2, db_default="", default="", blank=True, choices=LANGUAGES)
    gender = models.CharField(_("gender"), max_length=10, db_default="", default="", blank=True, choices=Gender)
    birth_on = models.DateField(_("birth date"), null=True, blank=True)
    birthday = models.CharField(
        _("birthday"), max_length=5, db_default="", default="", blank=True
    )  # 03-21, year unknown
    address = models.CharField(_("address"), max_length=400, db_default="", default="", blank=True)
    city = models.CharField(_("city"), max_length=100, db_default="", default="", blank=True)
    number = models.CharField(_("number"), max_length=400, db_default="", default="", blank=True)
    search_key = models.TextField(db_default="", default="", editable=False)  # see names.search_key
    sort_name = models.GeneratedField(  # what `name` shows, as far as an index entry has room for it
        expression=Left(
            Lower(
                Coalesce(
                    NullIf(
                        Trim(
                            Concat(
                                "last_name", models.Value(" "), "first_name", models.Value(" "), "patronymic",
                                output_field=models.TextField(),
                            )
                        ),
                        models.Value(""),
                    ),
                    "number",
                    output_field=models.TextField(),
                )
            ),
            200,
        ),
        output_field=models.TextField(),
        db_persist=True,
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="absorbed", db_index=False
    )  # this number leads there for ever
    restricted_at = models.DateTimeField(null=True, editable=False)  # kept, but used for nothing (GDPR article 18)
    erased_at = models.DateTimeField(null=True, editable=False)  # only what accounting needs is left

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(merged_into=F("id")), name="not_merged_into_oneself")]
        indexes = [
            models.Index(fields=["merged_into"], name="customer_absorbed", condition=Q(merged_into__isnull=False)),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="customer_search"),
            models.Index(fields=["sort_name", "id"], include=["merged_into", "erased_at"], name="customer_by_name"),
            models.Index(
                fields=["language", "id"],
                include=["phone", "email", "merged_into", "erased_at"],
                name="customer_by_language",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Family name, given name, patronymic; the number when nobody told us a name."""
        told = " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)
        return told or self.number or f"№ {self.pk}"


class Profile(models.Model):
    """What the log says of a customer; rebuilt from it at any time, never edited."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    first_purchase_at = models.DateTimeField(null=True)
    last_purchase_at = models.DateTimeField(null=True)
    purchases = models.PositiveIntegerField(db_default=0, default=0)
    purchase_lines = models.PositiveIntegerField(db_default=0, default=0)
    revenue = models.DecimalField(max_digits=18, decimal_places=4, db_default=0, default=0)
    average_check = models.GeneratedField(
        expression=models.Case(
            models.When(purchases__gt=0, then=F("revenue") / F("purchases")),
            default=models.Value(None),
            output_field=models.DecimalField(max_digits=18, decimal_places=4),
        ),
        output_field=models.DecimalField(max_digits=18, decimal_places=4, null=True),
        db_persist=True,
    )
    refunds = models.PositiveIntegerField(db_default=0, default=0)
    refund_value = models.DecimalField(max_digits=18, decimal_places=4, db_default=0, default=0)
    discount_share = models.FloatField(null=True)  # of the purchase lines, how many were bought at a discount
    favourite_services = ArrayField(models.CharField(max_length=400), default=list)
    acquisition_channel = models.CharField(max_length=40, db_default="", default="")
    complaints = models.PositiveIntegerField(db_default=0, default=0)
    last_complaint_at = models.DateTimeField(null=True)
    last_satisfaction = models.FloatField(null=True)
    refreshed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # Each holds what the list is narrowed by, so that a walk along it touches no row of the table.
            models.Index(
                F("last_purchase_at").desc(nulls_last=True),
                "customer",
                include=["purchases", "revenue"],
                name="profile_by_last_purchase",
            ),
            models.Index(
                F("revenue").desc(),
                "customer",
                include=["last_purchase_at", "purchases"],
                name="profile_by_revenue",
            ),
            models.Index(
                F("purchases").desc(),
                "customer",
                include=["last_purchase_at", "revenue"],
                name="profile_by_purchases",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


@tracked(without=["set_at"])
class Protocol(models.Model):
    """How this customer is served. Scenarios and staff write it; queue, inbox, booking and portal read it."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True)
    priority = models.SmallIntegerField(_("priority"), default=0)  # higher is served first
    script = models.TextField(_("script for staff"), default="", blank=True)
    package = models.CharField(_("package"), max_length=40, default="", blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=20, default="", blank=True)
    preferred_hours = models.CharField(_("preferred hours"), max_length=40, default="", blank=True)
    response_minutes = models.PositiveIntegerField(_("answer within so many minutes"), null=True, blank=True)
    # Served before others until then, whatever the priority is otherwise.
    lifted_priority = models.SmallIntegerField(_("priority for a while"), null=True, blank=True)
    lifted_until = models.DateTimeField(_("first in the queue until"), null=True, blank=True)
    set_by = models.CharField(max_length=120, default="", blank=True)  # scenario key or staff address
    set_at = models.DateTimeField()
    taken_from = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )  # whom a merge brought it from, as long as nobody writes one here

    def __str__(self) -> str:
        return self.package or str(self.customer_id)

    def priority_at(self, at: datetime) -> int:
        """How early the customer is served now: the highest first."""
        is_lifted = self.lifted_until is not None and at < self.lifted_until
        return max(self.priority, self.lifted_priority or 0) if is_lifted else self.priority
