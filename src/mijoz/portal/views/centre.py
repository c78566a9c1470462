"""The customer's own pages behind a signed link: what we may write, what we know, a copy, their rights."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from mijoz.business.models import Business
from mijoz.business.queries import business as current_business
from mijoz.business.rights import allow_anyone
from mijoz.channels.telegram import on_customers as telegram
from mijoz.customers.models import Customer, PortalLink, Purpose, SubjectRequest
from mijoz.customers.privacy import about, consent, exporting, links, stops, texts
from mijoz.customers.privacy import actions as privacy
from mijoz.portal import actions, queries
from mijoz.portal.forms import DetailsForm, PreferencesForm
from mijoz.portal.pages import count_try
from mijoz.portal.rewards import rewards
from mijoz.scenarios import for_customers
from mijoz.ui.outside import TooOften, hidden, network_of, shown_to_customer

LANGUAGES = dict(settings.LANGUAGES)
SAID = {"saved", "asked", "often", "restricted", "lifted", "objected", "erasure"}
View = Callable[[HttpRequest, PortalLink, datetime], HttpResponseBase]


def by_link(view: View) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Open the page for whoever has the link, in their language; else say what to do about the link."""

    @csrf_exempt  # the link is the key: nobody can make a browser send it who does not have it
    @allow_anyone
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponseBase:
        at, business = timezone.now(), current_business()
        try:
            link = links.open_link(token, at=at)
        except links.LinkBroken:
            return _refused(request, business)
        except links.LinkOld:
            return shown_to_customer(request, "portal/old.html", {"business": business}, status=410)
        with translation.override(_language_of(link.customer, business)), timezone.override(business.zone):
            try:
                if request.method == "POST":
                    count_try("change", token)
                return hidden(view(request, link, at))  # type: ignore[arg-type]
            except TooOften:
                return _too_often(request, business)

    return opened


def _language_of(customer: Customer, business: Business) -> str:
    return customer.language if customer.language in LANGUAGES else business.language


def _refused(request: HttpRequest, business: Business) -> HttpResponse:
    """A link that was never made here; who tries many of them gets no further answer."""
    try:
        count_try("broken", network_of(request))
    except TooOften:
        return _too_often(request, business)
    return shown_to_customer(request, "portal/broken.html", {"business": business}, status=404)


def _too_often(request: HttpRequest, business: Business) -> HttpResponse:
    return shown_to_customer(request, "portal/often.html", {"business": business}, status=429)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def home(request: HttpRequest, link: PortalLink, at: datetime) -> HttpResponse:
    business, form = current_business(), None
    if request.method == "POST":
        form = PreferencesForm(request.POST, customer=link.customer) if "preferences" in request.POST else None
        if form is None or form.is_valid():
            said = _change(request, link, form, at=at)
            return HttpResponseRedirect(f"{request.path}?said={said}", status=303)
    shown = {
        "business": business,
        "customer": link.customer,
        "token": links.token_of(link),
        "purposes": queries.choices(link.customer, business=str(business), at=at),
        "rewards": rewards(link.customer, currency=business.currency, at=at),
        "form": form or PreferencesForm(customer=link.customer),
        "restricted_at": link.customer.restricted_at,
        "objects": stops.objects_to_profiling(link.customer),
        "requests": queries.requests(link.customer),
        "contact": consent.settings().contact,
        "telegram": telegram.own_link(link.customer, at=at),
        "said": request.GET.get("said") if request.GET.get("said") in SAID else "",
        "languages": settings.LANGUAGES,
        "ends_at": link.expires_at,
    }
    return shown_to_customer(request, "portal/home.html", shown, status=400 if form else 200)


def _change(request: HttpRequest, link: PortalLink, form: PreferencesForm | None, *, at: datetime) -> str:
    """Take what was pressed or filled in; says what came of it. Anything unknown changes nothing."""
    posted = request.POST
    if form is not None:
        actions.prefer(link.customer, at=at, **form.told())
    elif posted.get("language") in LANGUAGES:
        actions.choose_language(link.customer, posted["language"], at=at)
    elif posted.get("ask") in SubjectRequest.Kind.values:
        actions.ask(link.customer, posted["ask"], at=at)
        return {"restriction": "restricted", "objection": "objected", "erasure": "erasure"}.get(posted["ask"], "saved")
    elif posted.get("lift"):
        actions.lift_restriction(link.customer, at=at)
        return "lifted"
    elif posted.get("purpose") in Purpose.values and posted.get("answer") in {"yes", "no"}:
        return _answer(request, link, at=at)
    return "saved"


def _answer(request: HttpRequest, link: PortalLink, *, at: datetime) -> str:
    purpose, channel = Purpose(request.POST["purpose"]), request.POST.get("channel", "")
    offered = queries.reachable_by(link.customer) if purpose == Purpose.MARKETING else [""]
    if channel not in offered:
        return "saved"
    words = texts.words_for(purpose, business=str(current_business()), channel=channel)
    try:
        asked = actions.choose(
            link,
            purpose,
            channel=channel,
            granted=request.POST["answer"] == "yes",
            words=words,
            network=network_of(request),
            at=at,
        )
    except consent.AskedTooOften:
        return "often"
    return "asked" if asked else "saved"


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def known(request: HttpRequest, link: PortalLink, at: datetime) -> HttpResponse:
    """What we know about the customer, with where each value came from; they may correct it."""
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=DetailsForm.values_of(link.customer))
    if request.method == "POST" and form.is_valid():
        actions.correct(link.customer, at=at, **form.cleaned_data)
        return HttpResponseRedirect(f"{request.path}?said=saved", status=303)
    shown = {
        "business": current_business(),
        "customer": link.customer,
        "token": links.token_of(link),
        "form": form,
        "sections": about.sections(link.customer),
        "said": request.GET.get("said") == "saved",
        "contact": consent.settings().contact,
    }
    return shown_to_customer(request, "portal/known.html", shown, status=400 if form.errors else 200)


@require_safe
@by_link
def why(request: HttpRequest, link: PortalLink, at: datetime) -> HttpResponse:
    """What the customer got from us of late and why, in plain words, with how to stop it."""
    shown = {
        "business": current_business(),
        "token": links.token_of(link),
        "told": for_customers.told(link.customer, at=at),
    }
    return shown_to_customer(request, "portal/why.html", shown)


@require_safe
@by_link
def copy(request: HttpRequest, link: PortalLink, at: datetime) -> HttpResponseBase:
    """Everything about the customer as a zip."""
    count_try("copy", str(link.pk))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exporting.write_copy(link.customer, target, at=at)
    privacy.note_copy(link.customer, by=None, through=actions.THROUGH, at=at)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{at:%Y-%m-%d}.zip", content_type="application/zip")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@allow_anyone
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The second yes: looking changes nothing, since mail programs open links by themselves; one press does."""
    at, business = timezone.now(), current_business()
    try:
        count_try("confirm", network_of(request))
        asked = links.confirmation_behind(token, at=at)
    except TooOften:
        return _too_often(request, business)
    except links.LinkBroken:
        return _refused(request, business)
    except links.LinkOld:
        return shown_to_customer(request, "portal/old.html", {"business": business}, status=410)
    with translation.override(_language_of(asked.customer, business)):
        if request.method == "POST":
            consent.confirm(asked, at=at, network=network_of(request))
            return HttpResponseRedirect(reverse("portal:confirm", args=[token]), status=303)
        shown = {"business": business, "asked": asked, "is_done": asked.confirmed_at is not None}
        return shown_to_customer(request, "portal/confirm.html", shown)
