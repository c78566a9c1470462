"""The rules of the house about personal data: checklist, words, keeping, looks, requests."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mijoz.business.models import StaffMember
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.customers.models import LANGUAGES, ConsentText, Customer, Purpose, RetentionRule, SubjectRequest
from mijoz.customers.privacy import actions, checklist, consent, labels, queries, retention, texts
from mijoz.customers.privacy.forms import DutyForm, RefusalForm, RetentionForm, SettingsForm, TextForm

ROWS_A_PAGE = 50
STATES = ("waiting", "done", "refused")


@allow(*LEADS, does=gettext_lazy("Read the checklist of the law"))
@require_safe
def checklist_page(request: StaffRequest) -> HttpResponse:
    duties = checklist.shown(at=timezone.now())
    shown = {
        "tab": "checklist",
        "duties": duties,
        "done": sum(one.state != "open" for one in duties),
        "states": checklist.ChecklistAnswer.State.choices,
        "by_hand": checklist.BY_HAND,
    }
    return render(request, "customers/privacy/checklist.html", shown)


@allow(*LEADS)
@require_POST
def duty(request: StaffRequest, key: str) -> HttpResponse:
    """Say by hand how a duty stands."""
    form = DutyForm(request.POST)
    if key not in checklist.BY_HAND:
        raise Http404
    if form.is_valid():
        actions.answer_duty(key, by=request.staff, at=timezone.now(), **form.told())
    return redirect("customers:privacy_checklist")


@allow(*LEADS, does=gettext_lazy("Name who answers for personal data"))
@require_http_methods(["GET", "POST"])
def settings(request: StaffRequest) -> HttpResponse:
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=consent.settings())
    if request.method == "POST" and form.is_valid():
        actions.change_settings(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customers:privacy_settings")
    shown = {"tab": "settings", "form": form}
    return render(request, "customers/privacy/settings.html", shown, status=400 if form.errors else 200)


@allow(*LEADS, does=gettext_lazy("Write the words of consent"))
@require_safe
def texts_page(request: StaffRequest) -> HttpResponse:
    written = {(one.purpose, one.language): one for one in reversed(ConsentText.objects.all())}
    rows = []
    for purpose in Purpose:
        for code, language in LANGUAGES:
            with translation.override(code):
                built_in = texts.built_in(purpose) % {"business": "{business}", "channel": "{channel}"}
            rows.append((purpose, code, language, written.get((purpose.value, code)), built_in))
    return render(request, "customers/privacy/texts.html", {"tab": "texts", "rows": rows})


@allow(*LEADS)
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, purpose: str, language: str) -> HttpResponse:
    """Write the words anew: the earlier version stays as it was, for those who agreed to it."""
    if purpose not in Purpose.values or language not in dict(LANGUAGES):
        raise Http404
    versions = list(ConsentText.objects.filter(purpose=purpose, language=language).select_related("written_by"))
    with translation.override(language):
        built_in = texts.built_in(Purpose(purpose)) % {"business": "{business}", "channel": "{channel}"}
    form = TextForm(
        request.POST if request.method == "POST" else None,
        initial={"text": versions[0].text if versions else built_in},
    )
    if request.method == "POST" and form.is_valid():
        actions.write_text(purpose, language, form.cleaned_data["text"], by=request.staff, at=timezone.now())
        messages.success(request, _("Saved as a new version."))
        return redirect("customers:privacy_texts")
    shown = {
        "tab": "texts",
        "form": form,
        "versions": versions,
        "purpose": Purpose(purpose).label,
        "language": dict(LANGUAGES)[language],
    }
    return render(request, "customers/privacy/text.html", shown, status=400 if form.errors else 200)


@allow(*LEADS, does=gettext_lazy("Set how long data is kept"))
@require_http_methods(["GET", "POST"])
def keeping(request: StaffRequest) -> HttpResponse:
    """How long each kind is kept; a preview says how many rows would go today, and nothing goes before the night."""
    at = timezone.now()
    months = dict(RetentionRule.objects.values_list("kind", "months"))
    form = RetentionForm(request.POST if request.method == "POST" else None, months=months)
    asked: dict[str, int | None] = dict(months)
    if request.method == "POST" and form.is_valid():
        asked = form.months()
        if "save" in request.POST:
            actions.keep_for(asked, by=request.staff, at=at)
            messages.success(request, _("Saved. What is older goes in the coming night."))
            return redirect("customers:privacy_keeping")
    going, last = retention.preview(asked, at=at), retention.last_runs()
    rows = [(form[kind.key], kind, going.get(kind.key), last.get(kind.key)) for kind in form.kinds]
    shown = {"tab": "keeping", "form": form, "rows": rows, "is_preview": request.method == "POST"}
    return render(request, "customers/privacy/keeping.html", shown, status=400 if form.errors else 200)


@allow(*LEADS, does=gettext_lazy("See who looked at whom"))
@require_safe
def looks(request: StaffRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:60] for name in ("member", "what", "number")}
    page = Paginator(queries.looks(**asked), ROWS_A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "tab": "looks",
        "page": page,
        "asked": asked,
        "staff_members": StaffMember.objects.order_by("name"),
        "kinds": labels.LOOKS.items(),
    }
    return render(request, "customers/privacy/looks.html", shown)


@allow(*LEADS, does=gettext_lazy("Answer what customers ask about their data"))
@require_safe
def requests(request: StaffRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    page = Paginator(queries.requests(state=state), ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = {one.pk: one for one in Customer.objects.filter(pk__in=[row.customer_number for row in page])}
    rows = [(row, names.get(row.customer_number)) for row in page]
    shown = {"tab": "requests", "page": page, "rows": rows, "state": state, "states": STATES}
    return render(request, "customers/privacy/requests.html", shown)


@allow(*LEADS)
@require_http_methods(["GET", "POST"])
def request_page(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """One request: how it goes, its proof, and a refusal with its reason."""
    asked = get_object_or_404(SubjectRequest.objects.select_related("taken_by"), pk=request_id)
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.refuse(asked, answer=form.cleaned_data["answer"], by=request.staff, at=timezone.now())
        return redirect("customers:privacy_request", asked.pk)
    shown = {
        "tab": "requests",
        "asked": asked,
        "form": form,
        "customer": Customer.objects.filter(pk=asked.customer_number).first(),
        "is_erasing": asked.kind == "erasure" and asked.taken_by and not asked.done_at and not asked.refused_at,
    }
    return render(request, "customers/privacy/request.html", shown, status=400 if form.errors else 200)
