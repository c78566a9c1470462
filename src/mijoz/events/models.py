"""The log: whatever happens to a customer is one row, written once and never changed."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from mijoz.business.tracking import tracked
from mijoz.events.types import LINES, TRADE


@tracked(without=["created_at"])
class Source(models.Model):
    """Where rows come from: an imported file's system, an API client, a till's webhook, a channel, Mijoz itself."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        API = "api", _("Program")  # sends by the ingest API with a write key
        SITE = "site", _("Web site")  # the browser snippet
        WEBHOOK = "webhook", _("Webhook")  # a till, ERP, call centre or marketplace that calls us
        OWN = "own", _("Mijoz itself")

    name = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FILE, db_default="file")
    is_open = models.BooleanField(default=True, db_default=True)  # closed: what still comes is refused
    origins = models.JSONField(default=list, blank=True)  # of a site: from which pages browsers may send
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


@tracked("source", "begins_with", "calls", "revoked_at")
class WriteKey(models.Model):
    """A key by which a program writes to one source; only its digest is kept. `calls` are those it may make."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="write_keys")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the key
    begins_with = models.CharField(max_length=12)  # to tell keys apart on the page
    calls = models.JSONField(default=list)  # of identify, track, page, screen, group, alias
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.begins_with}…"


class Quarantined(models.Model):
    """A message that did not fit: kept as it came, with what is wrong, until it is repaired and replayed or dropped."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        REPLAYED = "replayed", _("Replayed")
        DROPPED = "dropped", _("Dropped")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="quarantined")
    message_id = models.CharField(max_length=200, db_default="", default="")
    message = models.JSONField()  # as it came, or as it was repaired
    original = models.JSONField(null=True)  # as it came, of one that was repaired
    reason = models.CharField(max_length=400)
    field = models.CharField(max_length=200, db_default="", default="")  # where in the message
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    received_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "message_id"],
                condition=models.Q(state="waiting") & ~models.Q(message_id=""),
                name="quarantined_once",
            )
        ]
        indexes = [models.Index(fields=["source", "-id"], name="quarantined_by_source")]

    def __str__(self) -> str:
        return self.reason


@tracked("source", "signature", "mapping")
class Webhook(models.Model):
    """How the calls of one till, ERP or call centre are checked and read; `mapping` was made from `sample`.

    Secrets are sealed (business.sealing). The one before is still good until `secret_before_until`, so that the
    sender can be given the new one without losing a call.
    """

    class Signature(models.TextChoices):
        STANDARD = "standard", _("Standard Webhooks")
        HMAC = "hmac", _("HMAC-SHA256 in a header")
        HEADER = "header", _("A secret in a header")
        BASIC = "basic", _("Name and password (Basic)")
        ADDRESS = "address", _("A secret in the address")

    class Encoding(models.TextChoices):
        HEX = "hex", "hex"
        BASE64 = "base64", "Base64"

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="webhook")
    secret = models.TextField(default="", blank=True)
    secret_before = models.TextField(default="", blank=True)
    secret_before_until = models.DateTimeField(null=True)
    signature = models.CharField(max_length=20, choices=Signature, default=Signature.STANDARD)
    header = models.CharField(max_length=80, default="", blank=True)  # that carries the signature or the secret
    encoding = models.CharField(max_length=10, choices=Encoding, default=Encoding.HEX)  # of the signature
    mapping = models.JSONField(default=dict)  # see events.sources.mapping
    sample = models.JSONField(null=True)  # the mapping was made from
    last_call = models.JSONField(null=True)  # as it came
    called_at = models.DateTimeField(null=True)  # last time with the right secret
    refused_at = models.DateTimeField(null=True)  # last time without
    refused_why = models.CharField(max_length=40, default="", blank=True)

    def __str__(self) -> str:
        return str(self.source)


class WebhookCall(models.Model):
    """A call that was taken, by the number its sender gave it, so that a repeated one does nothing."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, db_index=False)
    call_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "call_id"], name="webhook_called_once")]

    def __str__(self) -> str:
        return self.call_id


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
            models.Index(fields=["identity"], name="event_lines", condition=models.Q(type__in=LINES)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class Touched(models.Model):
    """What the profiles do not show yet; appended with the rows, emptied by the projection.

    Either events of one transaction, from the first to the last (with some of others between them), or an identity of
    which rows have gone or changed, so that whoever it belongs to is to be counted anew.
    """

    identity_id = models.BigIntegerField(null=True)
    first_event = models.BigIntegerField(null=True)
    last_event = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(identity_id__isnull=True, first_event__lte=F("last_event"))
                | models.Q(identity_id__isnull=False, first_event__isnull=True, last_event__isnull=True),
                name="touched_events_or_identity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_event} to {self.last_event}" if self.identity_id is None else str(self.identity_id)


class Arrival(models.Model):
    """How many new rows of a source came at once; those of past hours are added up (see events.sources.jobs)."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, db_index=False)
    received_at = models.DateTimeField(db_default=Now())
    events = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["source", "received_at"], name="arrival_by_source")]

    def __str__(self) -> str:
        return f"{self.events} rows"


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
