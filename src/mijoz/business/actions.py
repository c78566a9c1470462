"""What changes the company, its branches and its staff."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Business, Invitation, Role, StaffMember, WorkingHours
from mijoz.business.queries import business

OWNER_LINK_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)

Span = tuple[int, time, time]  # weekday (0 is Monday), opens, closes


class InvitationInvalid(ValueError):
    """The link was used, has run out, or never was one."""


class AddressTaken(ValueError):
    """The address belongs to somebody else's account."""


class CodeTaken(ValueError):
    """Another branch has this code."""


class LastOwner(ValueError):
    """The change would leave the business without an owner who can sign in."""


class OwnersOnly(ValueError):
    """Only an owner may make, change or let in an owner."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_up(**fields: Any) -> Business:
    """Create or change the one business; `fields` are those of the model. Whoever else creates it at that moment keeps
    what they set besides."""
    current = business()
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean(exclude=["name"], validate_unique=False, validate_constraints=False)
    if Business.objects.filter(pk=1).exists() or not _inserted(current):
        current.save(force_update=True, update_fields=[*fields])
    return current


def _inserted(company: Business) -> bool:
    """Whether it was us who made it."""
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def begin_anew() -> None:
    """Forget the company, its branches and the staff who never could sign in; the accounts of people stay."""
    with transaction.atomic():
        Invitation.objects.exclude(branch=None).update(branch=None)
        Branch.objects.all().delete()
        StaffMember.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None).delete()
        Business.objects.all().delete()


def open_branch(*, code: str, name: str, city: str = "", hours: Iterable[Span] | None = None) -> Branch:
    """Add a branch; without `hours` it is open from 9 to 20 on every day of the week.

    Raises CodeTaken.
    """
    usual = [(day, time(9), time(20)) for day in range(7)]
    try:
        with transaction.atomic():
            branch = Branch.objects.create(code=code, name=name, city=city)
            _write_hours(branch, usual if hours is None else hours)
    except IntegrityError as error:
        raise CodeTaken(_("There is a branch with the code “%(code)s” already.") % {"code": code}) from error
    return branch


def change_branch(branch: Branch, *, name: str, city: str, hours: Iterable[Span]) -> Branch:
    """Rename a branch and set its working hours; its code stays, since the log knows the branch by it."""
    with transaction.atomic():
        branch.name, branch.city = name, city
        branch.save(update_fields=["name", "city"])
        branch.working_hours.all().delete()
        _write_hours(branch, hours)
    return branch


def open_or_change_branch(*, code: str, name: str, city: str, hours: Iterable[Span]) -> Branch:
    """The branch of this code as told, opened when there is none."""
    present = Branch.objects.filter(code=code).first()
    if present:
        return change_branch(present, name=name, city=city, hours=hours)
    return open_branch(code=code, name=name, city=city, hours=hours)


def _write_hours(branch: Branch, hours: Iterable[Span]) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(branch=branch, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
    )


def invite_first_owner(*, at: datetime) -> str:
    """Token of a one-time link for the first owner; earlier unused links of this kind stop working."""
    with transaction.atomic():
        Invitation.objects.filter(role=Role.OWNER, email="", member=None, used_at=None).delete()
        token, _invitation = _invite(role=Role.OWNER, expires_at=at + OWNER_LINK_LIFE)
    return token


def invite(
    *, role: str, name: str, email: str, branch: Branch | None, by: StaffMember, at: datetime
) -> tuple[str, Invitation]:
    """Token and row of an invitation for a new member of staff; an earlier one for the address stops working.

    Raises AddressTaken when somebody has an account with it already, OwnersOnly.
    """
    _check_reach(by, role)
    if StaffMember.objects.filter(email__iexact=email).exists():
        raise AddressTaken(_("%(email)s already has an account.") % {"email": email})
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, used_at=None).delete()
        return _invite(
            role=role,
            name=name,
            email=email.lower(),
            branch=branch,
            invited_by=by,
            expires_at=at + INVITATION_LIFE,
        )


def renew_access(member: StaffMember, *, by: StaffMember, at: datetime) -> tuple[str, Invitation]:
    """Token and row of a link by which somebody chooses a new password and drops every second factor.

    For who forgot the password or lost the phone. Raises OwnersOnly.
    """
    _check_reach(by, member.role)
    with transaction.atomic():
        Invitation.objects.filter(member=member, used_at=None).delete()
        return _invite(
            role=member.role,
            branch=member.branch,
            member=member,
            invited_by=by,
            expires_at=at + INVITATION_LIFE,
        )


def _invite(**fields: Any) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(32)
    return token, Invitation.objects.create(token_digest=_digest(token), **fields)


def _check_reach(by: StaffMember, *roles: str) -> None:
    if Role.OWNER in roles and by.role != Role.OWNER:
        raise OwnersOnly(_("Only an owner can do this for an owner."))


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """The open invitation of this token; raises InvitationInvalid."""
    open_ones = Invitation.objects.select_related("member").filter(used_at=None, expires_at__gt=at)
    found = open_ones.filter(token_digest=_digest(token)).exclude(member__is_active=False).first()
    if found is None:
        raise InvitationInvalid(_("This link was already used or has run out. Ask for a new one."))
    return found


def accept_invitation(token: str, *, name: str, email: str, password: str, language: str, at: datetime) -> StaffMember:
    """Make, or open again, the account that the link promises; once, also for two clicks at one moment.

    Raises InvitationInvalid, AddressTaken.
    """
    try:
        with transaction.atomic():
            invitation = find_invitation(token, at=at)
            won = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=at)
            if not won:
                raise InvitationInvalid(_("This link was already used or has run out. Ask for a new one."))
            if invitation.member:
                return _let_in_again(invitation.member, name=name, password=password, language=language)
            return StaffMember.objects.create_user(
                email=invitation.email or email,
                password=password,
                name=name or invitation.name,
                role=invitation.role,
                branch=invitation.branch,
                language=language,
            )
    except IntegrityError as error:
        raise AddressTaken(_("%(email)s already has an account.") % {"email": email}) from error


def _let_in_again(member: StaffMember, *, name: str, password: str, language: str) -> StaffMember:
    member.name, member.language = name or member.name, language
    member.set_password(password)
    member.save(update_fields=["name", "language", "password"])
    Authenticator.objects.filter(user=member).delete()
    return member


def employ(people: Iterable[Mapping[str, Any]], *, language: str) -> int:
    """Add members of staff (name, email, role, branch by its code or "") who cannot sign in before they get a link.

    Who is known by the address is left as they are. Returns how many work here now.
    """
    branches = Branch.objects.in_bulk(field_name="code")
    members = [
        StaffMember(
            name=person["name"],
            email=person["email"].lower(),
            role=person["role"],
            branch=branches.get(person["branch"]),
            language=language,
            password=make_password(None),
        )
        for person in people
    ]
    StaffMember.objects.bulk_create(members, ignore_conflicts=True)
    return StaffMember.objects.filter(is_active=True).count()


def withdraw_invitation(invitation: Invitation, *, by: StaffMember) -> None:
    """Make an unused link stop working. Raises OwnersOnly."""
    _check_reach(by, invitation.role)
    invitation.delete()


def change_staff(
    member: StaffMember, *, role: str, branch: Branch | None, is_active: bool, by: StaffMember
) -> StaffMember:
    """Give a member of staff another role, branch, or close the account.

    A closed account's sessions are over for good, also when it is opened again. A link to get in again that was made
    before a change of role or the closing stops working: who made it may not reach this person any more.
    Raises LastOwner when nobody with the role of owner could sign in any more, OwnersOnly.
    """
    with transaction.atomic():
        owners = set(
            StaffMember.objects.select_for_update().filter(role=Role.OWNER, is_active=True).values_list("pk", flat=True)
        )
        member.refresh_from_db(fields=["role", "is_active", "times_shut_out"])
        _check_reach(by, role, member.role)
        if owners == {member.pk} and (role != Role.OWNER or not is_active):
            raise LastOwner(_("Make somebody else an owner first: a business needs at least one."))
        if member.is_active and not is_active:
            member.times_shut_out += 1
        if member.role != role or not is_active:
            Invitation.objects.filter(member=member, used_at=None).delete()
        member.role, member.branch, member.is_active = role, branch, is_active
        member.save(update_fields=["role", "branch", "is_active", "times_shut_out"])
    return member


def describe_staff(member: StaffMember, *, name: str, language: str) -> StaffMember:
    """Change how somebody is called and in which language they see the pages."""
    member.name, member.language = name, language
    member.save(update_fields=["name", "language"])
    return member
