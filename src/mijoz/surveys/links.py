"""The links by which a survey is answered: of an invitation, of a place, of all when it is anonymous."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mijoz.surveys.models import Place, Survey

_invited = signing.Signer(salt="mijoz.surveys.invitation", sep=".")
_everybody = signing.Signer(salt="mijoz.surveys.everybody", sep=".")


class LinkBroken(ValueError):
    """The link was not made here, or was damaged on its way."""


def of_invitation(invitation: UUID) -> str:
    """The address for the one who was invited."""
    return _address("surveys:answer", _invited.sign(invitation.hex))


def of_everybody(survey: Survey) -> str:
    """The address of an anonymous survey: the same for all, so that it says nothing of who opens it."""
    return _address("surveys:anybody", _everybody.sign(survey.key))


def of_place(place: Place) -> str:
    """The address behind a QR code or on a tablet."""
    return _address("surveys:place", place.token)


def read_invitation(token: str) -> UUID:
    """Raises LinkBroken."""
    try:
        return UUID(_invited.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken(token) from error


def read_everybody(token: str) -> str:
    """The key of the survey. Raises LinkBroken."""
    try:
        return _everybody.unsign(token)
    except signing.BadSignature as error:
        raise LinkBroken(token) from error


def _address(name: str, token: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[token])
