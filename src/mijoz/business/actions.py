"""What changes the company, its branches and its staff."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Business, Invitation, Role, StaffMember, WorkingHours
from mijoz.business.queries import business

OWNER_LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)


class InvitationInvalid(ValueError):
    """The link was used, has run out, or never was one."""


class LastOwner(ValueError):
    """The change would leave the business without an owner who can sign in."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_up(**fields: Any) -> Business:
    """Create or change the one business; `fields` are those of the model."""
    current = business()
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean(exclude=["name"], validate_unique=False, validate_constraints=False)
    current.save()
    return current


def open_branch(*, code: str, name: str, city: str = "", opens: time = time(9), closes: time = time(20)) -> Branch:
    """Add a branch that is open on every day of the week from `opens` to `closes`."""
    with transaction.atomic():
        branch = Branch.objects.create(code=code, name=name, city=city)
        WorkingHours.objects.bulk_create(
            WorkingHours(branch=branch, weekday=day, opens=opens, closes=closes) for day in range(7)
        )
    return branch


def invite_first_owner(*, at: datetime) -> str:
    """Token of a one-time link for the first owner; earlier unused links of this kind stop working."""
    with transaction.atomic():
        Invitation.objects.filter(role=Role.OWNER, email="", used_at=None).delete()
        token, _invitation = _invite(role=Role.OWNER, expires_at=at + OWNER_LINK_LIFE)
    return token


def invite(
    *, role: str, name: str, email: str, branch: Branch | None, by: StaffMember, at: datetime
) -> tuple[str, Invitation]:
    """Token and row of an invitation for a new member of staff.

    Raises ValueError when the address already belongs to one.
    """
    if StaffMember.objects.filter(email__iexact=email).exists():
        raise ValueError(_("%(email)s already has an account.") % {"email": email})
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, used_at=None).delete()
        return _invite(
            role=role, name=name, email=email.lower(), branch=branch, invited_by=by, expires_at=at + INVITATION_LIFE
        )


def _invite(**fields: Any) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(32)
    return token, Invitation.objects.create(token_digest=_digest(token), **fields)


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """The open invitation of this token; raises InvitationInvalid."""
    found = Invitation.objects.filter(token_digest=_digest(token), used_at=None, expires_at__gt=at).first()
    if found is None:
        raise InvitationInvalid(_("This link was already used or has run out. Ask for a new one."))
    return found


def accept_invitation(token: str, *, name: str, email: str, password: str, language: str, at: datetime) -> StaffMember:
    """Make the account that the invitation promises; the link works once, also for two clicks at one moment.

    Raises InvitationInvalid.
    """
    with transaction.atomic():
        invitation = find_invitation(token, at=at)
        won = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=at)
        if not won:
            raise InvitationInvalid(_("This link was already used or has run out. Ask for a new one."))
        return StaffMember.objects.create_user(
            email=invitation.email or email,
            password=password,
            name=name or invitation.name,
            role=invitation.role,
            branch=invitation.branch,
            language=language,
        )


def withdraw_invitation(invitation: Invitation) -> None:
    invitation.delete()


def change_staff(member: StaffMember, *, role: str, branch: Branch | None, is_active: bool) -> StaffMember:
    """Give a member of staff another role, branch, or close the account.

    Raises LastOwner when nobody with the role of owner could sign in any more.
    """
    with transaction.atomic():
        owners = set(
            StaffMember.objects.select_for_update()
            .filter(role=Role.OWNER, is_active=True)
            .values_list("pk", flat=True)
        )
        if owners == {member.pk} and (role != Role.OWNER or not is_active):
            raise LastOwner(_("Make somebody else an owner first: a business needs at least one."))
        member.role, member.branch, member.is_active = role, branch, is_active
        member.save(update_fields=["role", "branch", "is_active"])
    return member
