"""The accounts by which we reach customers, and the outbox: every message on its way out, and what came of it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked
from mijoz.customers.models import Customer, Purpose


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    TELEGRAM = "telegram", "Telegram"


WITH_SUBJECT = frozenset({Channel.EMAIL.value})


@tracked("channel", "name", "settings", "reports", "is_active")
class ChannelAccount(models.Model):
    """How we use a channel: for e-mail, by which mail server. The secret is sealed, see sealing.py, and never shown.

    `trouble` is the channel's own name for why the account could not be used, since `trouble_at`; "" when it could.
    It is not tried again before `rests_until`. `reports` says how we learn what became of mail (reports/settings.py),
    `reports_seen` is the last mail of the mailbox that was looked at, `reports_trouble` why nothing could be learned.
    """

    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    name = models.CharField(_("name"), max_length=100)
    settings = models.JSONField(default=dict)  # the channel's own schema, such as email.settings.EmailSettings
    sealed_secret = models.TextField(default="", blank=True)
    is_active = models.BooleanField(default=True)
    trouble = models.CharField(max_length=30, default="", blank=True)
    trouble_detail = models.TextField(default="", blank=True)  # the provider's own words
    trouble_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    reports = models.JSONField(default=dict, blank=True)
    sealed_reports_secret = models.TextField(default="", blank=True)
    reports_seen = models.BigIntegerField(default=0)
    reports_trouble = models.TextField(default="", blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_active=True), name="one_active_account_per_channel"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="channel_is_known"),
            models.CheckConstraint(
                condition=Q(trouble="", trouble_at=None, rests_until=None)
                | (~Q(trouble="") & Q(trouble_at__isnull=False, rests_until__isnull=False)),
                name="trouble_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reason(models.TextChoices):
    """Why a message waits, was stopped or failed."""

    # the gate
    CONSENT_MISSING = "consent_missing", _("No consent")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Consent withdrawn")
    ADDRESS_MISSING = "address_missing", _("No address")
    ADDRESS_UNUSABLE = "address_unusable", _("What was sent there came back")
    QUIET_HOURS = "quiet_hours", _("Quiet hours")
    DAY_CAP = "day_cap", _("Limit of the day")
    WEEK_CAP = "week_cap", _("Limit of the week")
    COMPLAINT = "complaint", _("Rest after a complaint")
    RESTRICTED = "restricted", _("Record restricted")
    MONTH_CAP = "month_cap", _("Limit that the customer chose")
    OUTRANKED = "outranked", _("Something more important went first")
    CONTROL_GROUP = "control_group", _("In the control group")
    TOO_PERSONAL = "too_personal", _("Too personal")
    SAME_PERSON = "same_person", _("Sent to the same person under another number")
    TOO_LATE = "too_late", _("Too late")
    SCENARIO_PAUSED = "scenario_paused", _("Scenario paused")
    SCENARIO_STOPPED = "scenario_stopped", _("Scenario stopped")
    NOT_HEARD = "not_heard", _("Refusals are not heard now")
    # the way out
    TRY_AGAIN = "try_again", _("Will be tried again")
    GAVE_UP = "gave_up", _("Tried too often")
    REFUSED = "refused", _("Refused by whoever carries it")
    UNKNOWN_OUTCOME = "unknown_outcome", _("Unknown whether it was sent")
    # people
    STOPPED_BY_STAFF = "stopped_by_staff", _("Stopped by staff")


class Message(models.Model):
    """One message of the outbox. `dedupe_key` makes sure that the same cause never writes two.

    `claimed_by` is the run that sends it, `handed_at` says that it went to the provider: between `handed_at` and the
    provider's answer nobody can tell whether it was sent. An empty `address` means the customer's own at the moment of
    sending; `sent_to` is the one that was used. A message of a channel without subjects has its first words as one, by
    which lists name it.

    What became of it afterwards stands in `delivered_at` to `complained_at`, where somebody tells it. An address from
    which a message came back for good is not written to until staff forgive it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "Waiting")
        SENDING = "sending", pgettext_lazy("message", "Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        STOPPED = "stopped", pgettext_lazy("message", "Stopped")
        FAILED = "failed", pgettext_lazy("message", "Failed")

    SETTLED = (Status.SENT, Status.STOPPED, Status.FAILED)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="messages", db_index=False)
    channel = models.CharField(max_length=20, choices=Channel)
    purpose = models.CharField(max_length=20, choices=Purpose)
    dedupe_key = models.CharField(max_length=200)
    address = models.CharField(max_length=254, db_default="", default="")
    sent_to = models.CharField(max_length=254, db_default="", default="")
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300, db_default="", default="")
    text = models.TextField()
    html = models.TextField(db_default="", default="")  # "" lets the channel make it from the text
    send_after = models.DateTimeField()
    expires_at = models.DateTimeField()  # later than this it is of no use any more
    status = models.CharField(max_length=10, choices=Status, db_default=Status.WAITING, default=Status.WAITING)
    reason = models.CharField(max_length=30, choices=Reason, db_default="", default="")
    detail = models.TextField(db_default="", default="")  # the provider's own words
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0)
    priority = models.PositiveSmallIntegerField(db_default=5, default=5)  # of two that compete the higher goes first
    reveals = models.PositiveSmallIntegerField(db_default=0, default=0)  # how many personal facts it tells
    is_test = models.BooleanField(db_default=False, default=False)  # to see a scenario work; counts nowhere
    scenario = models.CharField(max_length=60, db_default="", default="")
    scenario_version = models.PositiveIntegerField(null=True)
    enrolment = models.BigIntegerField(null=True)
    step = models.CharField(max_length=20, db_default="", default="")
    created_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.PositiveIntegerField(null=True)
    handed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # when it was sent, stopped or given up
    provider_id = models.CharField(max_length=200, db_default="", default="")
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_detail = models.TextField(db_default="", default="")  # the words of the server that did not take it
    bounce_forgiven_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)  # called spam
    asked_at = models.DateTimeField(null=True)  # when its carrier was last asked what became of it
    is_logged = models.BooleanField(db_default=False, default=False)  # whether the event log knows what came of it

    class Meta:
        ordering = ["-id"]
        constraints = [
            # One index: `unique=True` would keep a second one, for LIKE, with each message.
            models.UniqueConstraint(fields=["dedupe_key"], name="one_message_for_a_cause"),
            models.CheckConstraint(
                condition=Q(purpose__in=[Purpose.SERVICE, Purpose.MARKETING]), name="message_has_a_purpose"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sending", "sent", "stopped", "failed"]),
                name="message_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) ^ Q(status__in=["sent", "stopped", "failed"]),
                name="settled_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["stopped", "failed"]) | ~Q(reason=""),
                name="stopped_and_failed_have_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="being_sent_by_somebody",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("send_after")), name="message_expires_after_it_is_due"),
        ]
        indexes = [
            models.Index(fields=["send_after", "id"], condition=Q(status="waiting"), name="message_due"),
            models.Index(fields=["claimed_by"], condition=Q(status="sending"), name="message_in_flight"),
            models.Index(
                fields=["settled_at"],
                condition=Q(is_logged=False, settled_at__isnull=False),
                name="message_to_log",
            ),
            models.Index(fields=["customer", "-id"], name="message_by_customer"),
            models.Index(fields=["scenario", "status"], name="message_by_scenario"),
            models.Index(fields=["status", "-id"], name="message_by_status"),
            models.Index(
                fields=["settled_at"],
                condition=Q(channel="sms", status="sent", delivered_at=None, bounced_at=None),
                name="message_to_ask_about",
            ),
            models.Index(
                fields=["sent_to"],
                condition=Q(bounced_at__isnull=False, bounce_forgiven_at=None),
                name="message_came_back",
            ),
            BrinIndex(fields=["created_at"], name="message_by_moment"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class BotUpdate(models.Model):
    """The number of something that people did in a bot, so that it is taken once, and what is still to be said to it.

    What they wrote is not kept here. `answers` are calls of the Bot API, none once they were given.
    """

    bot = models.BigIntegerField()
    update_id = models.BigIntegerField()
    taken_at = models.DateTimeField()
    answers = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bot", "update_id"], name="update_is_taken_once")]
        indexes = [models.Index(fields=["bot", "id"], condition=~Q(answers=[]), name="update_to_answer")]

    def __str__(self) -> str:
        return f"{self.bot}/{self.update_id}"


class StaffChat(models.Model):
    """The chat in which a member of staff gets messages to try a bot out."""

    member = models.OneToOneField(StaffMember, on_delete=models.CASCADE, primary_key=True, related_name="+")
    bot = models.BigIntegerField()
    chat = models.BigIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.member_id} → {self.bot}"


USEFUL_FOR = timedelta(days=3)  # how long a message may wait beyond `send_after` when its writer does not say
