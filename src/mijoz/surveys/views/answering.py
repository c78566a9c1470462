"""The pages on which customers answer: by their own link, by the link for all, at a QR code or a tablet."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mijoz.business.models import Business
from mijoz.business.queries import business as current_business
from mijoz.business.rights import allow_anyone
from mijoz.surveys import actions, links, posted, queries
from mijoz.surveys.definition import AnswerRefused, Definition, parse
from mijoz.surveys.models import Invitation, Place, Survey, SurveyVersion
from mijoz.surveys.showing import page_of, refused
from mijoz.ui.outside import TooOften, count_try, network_of, shown_to_customer

LANGUAGES = dict(settings.LANGUAGES)
LONGEST_SECONDS = 3_600
MOST, MOST_AT_TABLET = 20, 120  # answers of one network in ten minutes


@csrf_exempt  # the link is the key, and mail programs open pages without cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_anyone
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """One's own link; `?score=9` in a message marks that answer, which one press then sends."""
    business, at = current_business(), timezone.now()
    try:
        known = Invitation.objects.select_related("survey", "version__survey", "customer")
        invitation = known.get(pk=links.read_invitation(token))
    except (links.LinkBroken, Invitation.DoesNotExist):
        return refused(request, business, "broken", status=404)
    language = invitation.customer.language if invitation.customer.language in LANGUAGES else business.language
    with translation.override(_chosen_language(request) or language), timezone.override(business.zone):
        if invitation.answered_at is not None:
            return refused(request, business, "answered", status=200)
        if at >= invitation.expires_at or not invitation.survey.takes_answers:
            return refused(request, business, "closed", status=410)
        if request.method == "GET":
            actions.open_invitation(invitation, at=at)
        return _page(request, business, invitation.version, channel=invitation.channel, invitation=invitation)


@csrf_exempt  # nobody is signed in, and the page writes nothing but an answer
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_anyone
def anybody(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an anonymous survey, the same for everybody."""
    business = current_business()
    try:
        survey = Survey.objects.get(key=links.read_everybody(token), is_anonymous=True)
    except (links.LinkBroken, Survey.DoesNotExist):
        return refused(request, business, "broken", status=404)
    with translation.override(_chosen_language(request) or _spoken(business)), timezone.override(business.zone):
        if not survey.takes_answers:
            return refused(request, business, "closed", status=410)
        return _page(request, business, queries.version_in_force(survey), channel="link")


@csrf_exempt  # nobody is signed in, and the page writes nothing but an answer
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_anyone
def at_place(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a QR code, or on a tablet, which begins anew after each answer."""
    business = current_business()
    place = Place.objects.select_related("survey", "branch").filter(token=token).first()
    if place is None:
        return refused(request, business, "broken", status=404)
    with translation.override(_chosen_language(request) or _spoken(business)), timezone.override(business.zone):
        if not place.is_open or not place.survey.takes_answers:
            return refused(request, business, "closed", status=410)
        return _page(request, business, queries.version_in_force(place.survey), channel=place.kind, place=place)


def _chosen_language(request: HttpRequest) -> str:
    chosen = request.POST.get("language") or request.GET.get("language", "")
    return chosen if chosen in LANGUAGES else ""


def _spoken(business: Business) -> str:
    language = (translation.get_language() or "").split("-")[0]
    return language if language in LANGUAGES else business.language


def _page(
    request: HttpRequest,
    business: Business,
    version: SurveyVersion,
    *,
    channel: str,
    invitation: Invitation | None = None,
    place: Place | None = None,
) -> HttpResponse:
    definition = parse(version.definition)
    if request.method != "POST" or "answered" not in request.POST:
        return _asked(request, business, definition, version, place=place)
    given = posted.answers(definition, request.POST)
    try:
        at_tablet = place is not None and place.kind == Place.Kind.KIOSK
        most = MOST_AT_TABLET if at_tablet else MOST
        count_try("surveys", f"{version.survey.key} {network_of(request)}", most=most)
        actions.respond(
            version,
            given,
            language=(translation.get_language() or business.language).split("-")[0],
            channel=channel,
            at=timezone.now(),
            invitation=invitation,
            place=place,
            seconds=_seconds(request),
        )
    except AnswerRefused as refusal:
        errors = {refusal.question: str(refusal)}
        return _asked(request, business, definition, version, place=place, given=given, errors=errors, status=422)
    except actions.NotAsked:
        return refused(request, business, "answered", status=409)
    except TooOften:
        return refused(request, business, "often", status=429)
    shown = {"business": business, "definition": definition, "place": place, "survey": version.survey}
    return shown_to_customer(request, "surveys/thanks.html", shown)


def _asked(
    request: HttpRequest,
    business: Business,
    definition: Definition,
    version: SurveyVersion,
    *,
    place: Place | None,
    given: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = page_of(request, business, definition, version.survey, place=place, given=given, errors=errors)
    shown["begun"] = request.POST.get("begun") or _begun.sign(str(int(time.time())))
    return shown_to_customer(request, "surveys/ask.html", shown, status=status)


_begun = signing.Signer(salt="mijoz.surveys.begun", sep=".")


def _seconds(request: HttpRequest) -> int | None:
    """How long the page was open, None when it cannot be told."""
    try:
        seconds = int(time.time()) - int(_begun.unsign(request.POST.get("begun", "")))
    except (signing.BadSignature, ValueError):
        return None
    return seconds if 0 <= seconds <= LONGEST_SECONDS else None
