"""The first steps after a door was taken: what there is to do, each with its state as the system shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.queries import open_invitations
from mijoz.channels.queries import is_any_open
from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.scenarios.models import Scenario
from mijoz.segments.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do once. `page` is the name of the address where it is done."""

    key: str
    title: str | Promise
    text: str | Promise
    action: str | Promise
    icon: str
    page: str
    is_done: Callable[[StaffMember, datetime], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as it stands now."""

    step: Step
    url: str
    done: bool
    is_next: bool  # the first one that is not done


STEPS = (
    Step(
        key="customers",
        title=_("Bring your customers in"),
        text=_(
            "A file of purchases from your till, your booking system or a spreadsheet. A date, an amount and some "
            "number, phone or e-mail of the customer are enough."
        ),
        action=_("Import a file"),
        icon="file-import",
        page="customers:new_import",
        is_done=lambda staff, at: Customer.objects.exists(),
    ),
    Step(
        key="segments",
        title=_("Look at your segments"),
        text=_("Everybody who ever bought stands in one of five. Read each rule, and change it where you know better."),
        action=_("Open segments"),
        icon="chart-pie",
        page="segments:list",
        is_done=lambda staff, at: Membership.objects.exists(),
    ),
    Step(
        key="consent",
        title=_("Say who agreed to be written to"),
        text=_(
            "No advertising goes to anybody who did not agree to it. An import can bring the answers along; a "
            "customer’s page takes a single one."
        ),
        action=_("Open customers"),
        icon="shield-check",
        page="customers:list",
        is_done=lambda staff, at: Consent.objects.filter(purpose=Purpose.MARKETING, granted=True).exists(),
    ),
    Step(
        key="mail",
        title=_("Connect a channel"),
        text=_("E-mail, SMS or a Telegram bot. Send yourself a test message before customers get one."),
        action=_("Connect"),
        icon="mail",
        page="channels:settings",
        is_done=lambda staff, at: is_any_open(),
    ),
    Step(
        key="scenario",
        title=_("Start a scenario"),
        text=_(
            "Five are ready as drafts, one for each segment. Each leaves a share of the customers alone, so that "
            "you see what it changed."
        ),
        action=_("Choose one"),
        icon="route",
        page="scenarios:list",
        is_done=lambda staff, at: Scenario.objects.exclude(state=Scenario.State.DRAFT).exists(),
    ),
    Step(
        key="staff",
        title=_("Invite your staff"),
        text=_("Everybody signs in with an account of their own and sees what their work needs."),
        action=_("Invite"),
        icon="user-plus",
        page="business:invite",
        is_done=lambda staff, at: StaffMember.objects.exclude(pk=staff.pk).exists() or open_invitations(at).exists(),
    ),
    Step(
        key="second_factor",
        title=_("Protect your own account"),
        text=_(
            "An owner sees everything. A code from your phone, or a passkey, keeps others out if the password leaks."
        ),
        action=_("Add a second factor"),
        icon="shield-lock",
        page="mfa_index",
        is_done=lambda staff, at: Authenticator.objects.filter(user=staff).exists(),
    ),
)


def shown_to(staff: StaffMember, *, at: datetime) -> list[Shown]:
    """Every step with its address and whether it is done."""
    states = [(step, step.is_done(staff, at)) for step in STEPS]
    following = next((step for step, done in states if not done), None)
    return [Shown(step, reverse(step.page), done, step is following) for step, done in states]
