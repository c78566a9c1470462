"""The log: whatever happens to a customer is one row, written once and never changed."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Now

from mijoz.events.types import TRADE


class Source(models.Model):
    """Where rows come from: an imported file's system, an API client, a channel, Mijoz itself."""

    name = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """One way by which somebody is known: a phone, an e-mail, a card, a number in another system.

    `account` is the scope in which `value` means something: "" for a phone, the source for a customer number.
    Which customer it belongs to is not known here: see customers.Ownership.
    """

    kind = models.CharField(max_length=40)
    account = models.CharField(max_length=100, db_default="", default="")
    value = models.CharField(max_length=400)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "kind", "account"], name="identity_known_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class CurrentTransaction(Func):
    """Number of the writing transaction as bigint (it grows for ever): tells a reader what it could not see yet."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One row of the log. `reference` groups rows: the number of the purchase, booking or case they belong to."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    message_id = models.CharField(max_length=200)
    type = models.CharField(max_length=60)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, db_index=False)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    reference = models.CharField(max_length=200, db_default="")
    item = models.CharField(max_length=400, db_default="")
    quantity = models.FloatField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    discount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, db_default="")
    branch = models.CharField(max_length=40, db_default="")
    channel = models.CharField(max_length=40, db_default="")
    payload = models.JSONField(null=True)
    written_by = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "message_id"], name="event_written_once")]
        indexes = [
            models.Index(fields=["identity", "occurred_at"], name="event_by_identity"),
            BrinIndex(fields=["occurred_at"], name="event_by_moment"),
            models.Index(fields=["occurred_at"], name="event_traded", condition=models.Q(type__in=TRADE)),
            BrinIndex(fields=["written_by"], name="event_by_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class Touched(models.Model):
    """Identities with rows that the profiles do not show yet; appended with the rows, emptied by the projection."""

    identity_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.identity_id)


class LakeStep(models.Model):
    """How far the log has been exported to the lake."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    next_transaction = models.BigIntegerField(default=0)  # first one not exported yet
    exported_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=Value(1)), name="one_lake")]

    def __str__(self) -> str:
        return f"{self.rows} rows"
