"""The company, its branches, its staff and when they work."""

from __future__ import annotations

import zoneinfo
from datetime import time
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from mijoz.business.tracking import tracked


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    FRONT_OFFICE = "front_office", _("Front office")
    OPERATOR = "operator", _("Call-centre operator")
    SERVICE_MASTER = "service_master", _("Service master")
    MARKETER = "marketer", _("Marketer")
    ANALYST = "analyst", _("Analyst")


class Sector(models.TextChoices):
    RESTAURANT = "restaurant", _("Restaurant or café")
    CLINIC = "clinic", _("Clinic")
    HOTEL = "hotel", _("Hotel or tours")
    REPAIR = "repair", _("Repair shop")
    SALON = "salon", _("Salon")
    OTHER = "other", _("Another service")


def validate_time_zone(name: str) -> None:
    """Refuse what is not an IANA zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone such as Asia/Tashkent."), params={"name": name})


currency_code = RegexValidator(r"^[A-Z]{3}$", _("A currency is three capital letters, such as UZS."))


class ControlPeriod(models.TextChoices):
    """How long a customer stays in the control group."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter of a year")
    YEAR = "year", _("a year")


@tracked(without=["started_as"])
class Business(models.Model):
    """The one company this installation serves."""

    name = models.CharField(_("name"), max_length=200, default="")
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, default=Sector.OTHER)
    currency = models.CharField(_("currency"), max_length=3, default="UZS", validators=[currency_code])
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Tashkent", validators=[validate_time_zone]
    )
    language = models.CharField(_("language of messages"), max_length=2, default="uz")
    quiet_from = models.TimeField(_("quiet hours from"), default=time(21))
    quiet_until = models.TimeField(_("quiet hours until"), default=time(9))
    messages_a_day = models.PositiveSmallIntegerField(
        _("marketing messages a day to one customer"), null=True, blank=True, default=1,
        help_text=_("Empty means no limit, zero means none at all."),
    )  # fmt: skip
    messages_a_week = models.PositiveSmallIntegerField(
        _("marketing messages a week to one customer"), null=True, blank=True, default=3,
        help_text=_("Empty means no limit, zero means none at all."),
    )  # fmt: skip
    rest_after_complaint_days = models.PositiveSmallIntegerField(
        _("days without marketing after a complaint"), null=True, blank=True, default=14,
        help_text=_("Empty or zero: none."),
    )  # fmt: skip
    reveals_in_marketing = models.PositiveSmallIntegerField(
        _("personal facts that one marketing message may reveal"), null=True, blank=True, default=3,
        help_text=_("Empty means no limit, zero means none at all."),
    )  # fmt: skip
    reveals_in_service = models.PositiveSmallIntegerField(
        _("personal facts that one service message may reveal"), null=True, blank=True, default=None,
        help_text=_("Empty means no limit, zero means none at all."),
    )  # fmt: skip
    # So many of a hundred customers get no marketing scenario at all, others in each period: they show what all of
    # them together change.
    control_percent = models.PositiveSmallIntegerField(
        _("customers without any marketing scenario, per cent"), db_default=0, default=0
    )
    control_period = models.CharField(
        _("how long the same ones go without"), max_length=10, choices=ControlPeriod,
        db_default=ControlPeriod.QUARTER, default=ControlPeriod.QUARTER,
    )  # fmt: skip
    started_as = models.CharField(max_length=10, blank=True, default="")  # door taken: import, demo, empty

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_business"),
            models.CheckConstraint(condition=Q(control_percent__lte=50), name="control_group_is_the_smaller_part"),
        ]

    def __str__(self) -> str:
        return self.name or "Mijoz"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


@tracked()
class Branch(models.Model):
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    city = models.CharField(_("city"), max_length=100, blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@tracked()
class WorkingHours(models.Model):
    """One open span of one weekday of a branch; two spans make a split shift."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_is_a_day"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="closes_after_opening"),
            models.UniqueConstraint(fields=["branch", "weekday", "opens"], name="one_opening_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class StaffAccounts(BaseUserManager["StaffMember"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> StaffMember:
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def get_by_natural_key(self, username: str | None) -> StaffMember:
        return self.get(email__iexact=username)


@tracked("email", "name", "role", "branch", "language", "is_active")
class StaffMember(AbstractBaseUser):
    """A person who works here and signs in."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    branch = models.ForeignKey(
        Branch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("branch"),
        related_name="staff",
    )
    language = models.CharField(_("language"), max_length=2, default="uz")
    is_active = models.BooleanField(_("may sign in"), default=True)
    times_shut_out = models.PositiveIntegerField(default=0)  # each time ends every session there was
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[StaffAccounts] = StaffAccounts()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_is_known"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must agree with to go on: the password, and that the account was not closed since."""
        proof = f"{self.password}:{self.times_shut_out}"
        return salted_hmac("mijoz.business.session", proof, secret=secret, algorithm="sha256").hexdigest()


class Invitation(models.Model):
    """A one-time link; only the digest of its token is kept.

    By it a person makes an account, or the `member` who lost the password or the second factor gets in again.
    """

    token_digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("branch"))
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    invited_by = models.ForeignKey(
        StaffMember, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.address or self.role

    @property
    def address(self) -> str:
        """The address the link is meant for; "" when whoever opens it chooses one."""
        return self.member.email if self.member else self.email

    @property
    def person(self) -> str:
        return self.member.name if self.member else self.name


@tracked("name", "scopes", "revoked_at")
class ApiKey(models.Model):
    """By it a program uses the API; only the digest of the key is kept. What it may do stands in its scopes."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the key
    begins_with = models.CharField(max_length=12)  # to tell keys apart on the page
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = [F("revoked_at").desc(nulls_first=True), "name"]

    def __str__(self) -> str:
        return self.name


class ApiAnswer(models.Model):
    """What a POST of the API was answered, so that the same call made again is not done again."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="answers", db_index=False)
    idempotency_key = models.CharField(max_length=255)
    call = models.CharField(max_length=64)  # SHA-256 of address and body
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=60, default="")
    body = models.TextField(default="")
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "idempotency_key"], name="api_call_answered_once")]
        indexes = [models.Index(fields=["answered_at"], name="api_answer_by_age")]

    def __str__(self) -> str:
        return self.idempotency_key
