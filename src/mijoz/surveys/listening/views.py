"""Pages of listening: what was found, interviews, themes, coding, and where coders differ."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow
from mijoz.segments.models import in_language
from mijoz.surveys.listening import actions, queries, ready
from mijoz.surveys.listening.forms import AskedForm, InterviewForm, ThemeForm, found_by
from mijoz.surveys.listening.models import Interview, Passage, Theme, Tone
from mijoz.surveys.listening.suggesting import lessons, suggestions

LISTENERS = LEADS | {Role.MARKETER, Role.ANALYST}
PAGE = 50


@allow(*LISTENERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """What people speak of, how, and how much is still to be read."""
    held = queries.held()
    shown = {
        "tab": "overview",
        "findings": sorted(queries.findings(held), key=lambda one: (-one.n, one.theme.order)),
        "read": len(held),
        "work": queries.work(request.staff),
        "themes": queries.themes(),
    }
    return render(request, "surveys/listening/overview.html", shown)


@allow(*LISTENERS)
@require_safe
def theme(request: StaffRequest, key: str) -> HttpResponse:
    """One theme with the words behind it."""
    one = get_object_or_404(Theme, key=key)
    held = queries.held()
    finding = next((each for each in queries.findings(held) if each.theme == one), None)
    page = Paginator(queries.quotes(key, held), PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/listening/theme.html", {"theme": one, "finding": finding, "page": page})


@allow(*LISTENERS)
@require_safe
def themes(request: StaffRequest) -> HttpResponse:
    """All themes, what belongs to each, and how well each is suggested."""
    learned = lessons()
    rows = [(each, learned.skills.get(each.key) if learned else None) for each in Theme.objects.all()]
    shown = {"tab": "themes", "rows": rows, "missing": len(ready.THEMES) > len(rows), "can_learn": learned is not None}
    return render(request, "surveys/listening/themes.html", shown)


@allow(*LISTENERS)
@require_POST
def take_themes(request: StaffRequest) -> HttpResponse:
    """Add the ready themes."""
    actions.take_ready_themes()
    messages.success(request, _("The themes are ready. Change their words to those of your business."))
    return redirect("listening:themes")


@allow(*LISTENERS, does=gettext_lazy("Write themes"))
def write_theme(request: StaffRequest, key: str = "") -> HttpResponse:
    """A new theme, or one to change."""
    one = get_object_or_404(Theme, key=key) if key else None
    form = ThemeForm(request.POST or None, theme=one)
    if request.method == "POST" and form.is_valid():
        actions.write_theme(
            one,
            key=one.key if one else form.key(),
            names=form.texts("name"),
            descriptions=form.texts("description"),
            words=form.words(),
            is_active=form.cleaned_data.get("is_active", True),
        )
        messages.success(request, _("Saved."))
        return redirect("listening:themes")
    shown = {"form": form, "theme": one}
    return render(request, "surveys/listening/write_theme.html", shown, status=422 if form.errors else 200)


@allow(*LISTENERS)
@require_safe
def interviews(request: StaffRequest) -> HttpResponse:
    """All talks, the latest first."""
    rows = queries.interviews()
    if (side := request.GET.get("side", "")) in Interview.Side.values:
        rows = rows.filter(side=side)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = {"tab": "interviews", "page": page, "side": side, "sides": Interview.Side.choices}
    return render(request, "surveys/listening/interviews.html", shown)


@allow(*LISTENERS, does=gettext_lazy("Keep and remove interviews"))
def add_interview(request: StaffRequest) -> HttpResponse:
    """Keep a talk."""
    form = InterviewForm(request.POST or None, request.FILES or None, initial=_first_words(request))
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        kept = [actions.keep_interview(one, words, by=request.staff, at=now) for one, words in form.interviews()]
        said = ngettext("%(n)s interview is kept.", "%(n)s interviews are kept.", len(kept)) % {"n": len(kept)}
        messages.success(request, said)
        return redirect("listening:interview", pk=kept[0].pk) if len(kept) == 1 else redirect("listening:interviews")
    return render(request, "surveys/listening/add.html", {"form": form}, status=422 if form.errors else 200)


def _first_words(request: StaffRequest) -> dict[str, Any]:
    """What the form begins with: today, and the questions asked last."""
    side = request.GET.get("side", "")
    side = side if side in Interview.Side.values else str(Interview.Side.CUSTOMER)
    guide = queries.last_guide(side) or in_language(ready.GUIDE[side])
    return {
        "side": side,
        "guide": guide,
        "asked_on": timezone.localdate(),
        "language": (get_language() or "uz").split("-")[0],
        "customer": request.GET.get("customer", ""),
    }


@allow(*LISTENERS)
@require_safe
def interview(request: StaffRequest, pk: int) -> HttpResponse:
    """One talk: who, when, what was asked and said."""
    one = get_object_or_404(queries.interviews(), pk=pk)
    passages = one.passages.order_by("position")
    return render(request, "surveys/listening/interview.html", {"one": one, "passages": passages})


@allow(*LISTENERS, does=gettext_lazy("Keep and remove interviews"))
def change_interview(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct who was asked and when, or what they agreed to; what was said stays."""
    one = get_object_or_404(queries.interviews(), pk=pk)
    told = {name: getattr(one, name) for name in AskedForm.base_fields}
    form = AskedForm(request.POST or None, initial=told | {"customer": found_by(one.customer)}, known=one.customer)
    if request.method == "POST" and form.is_valid():
        actions.change_interview(one, form.asked())
        messages.success(request, _("The interview is changed."))
        return redirect("listening:interview", pk=one.pk)
    shown = {"form": form, "one": one}
    return render(request, "surveys/listening/add.html", shown, status=422 if form.errors else 200)


@allow(*LISTENERS)
@require_POST
def remove_interview(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it back with what was coded in it."""
    actions.remove_interview(get_object_or_404(Interview, pk=pk))
    messages.success(request, _("The interview and what was coded in it are removed."))
    return redirect("listening:interviews")


@allow(*LISTENERS)
@require_POST
def begin(request: StaffRequest, mode: str) -> HttpResponse:
    """Bring in the open answers of surveys, then show the first passage to read."""
    _check(mode)
    actions.keep_open_answers()
    return redirect("listening:code", mode=mode)


def _check(mode: str) -> str:
    if mode not in {queries.FIRST, queries.SECOND}:
        raise Http404(mode)
    return mode


@allow(*LISTENERS, does=gettext_lazy("Code what was said"))
def code(request: StaffRequest, mode: str) -> HttpResponse:
    """One passage to code; then the next. As the second coder without anything of the first."""
    is_blind = _check(mode) == queries.SECOND
    if request.method == "POST":
        passage = get_object_or_404(queries.with_words(), pk=_number(request.POST.get("passage", "")))
        tones = {key: request.POST.get(f"tone_{key}", "") for key in request.POST.getlist("theme")}
        try:
            actions.code(passage, tones, by=request.staff, is_blind=is_blind, at=timezone.now())
        except actions.NotCoded as refusal:
            return _passage(request, mode, passage, tones=tones, refusal=str(refusal), status=422)
        return redirect(reverse("listening:code", args=[mode]) + f"?last={passage.pk}")
    after = _number(request.GET.get("after", ""))
    passage_or_none = queries.next_passage(request.staff, mode, after=after)
    if again := _number(request.GET.get("again", "")):
        passage_or_none = queries.with_words().filter(pk=again, readings__coder=request.staff).first()
    if passage_or_none is None:
        shown = {"mode": mode, "work": queries.work(request.staff)}
        return render(request, "surveys/listening/nothing_left.html", shown)
    tones = (queries.seen_by(passage_or_none, request.staff) or {}) if again else {}
    return _passage(request, mode, passage_or_none, tones=tones)


def _passage(
    request: StaffRequest, mode: str, passage: Passage, *, tones: dict[str, str], refusal: str = "", status: int = 200
) -> HttpResponse:
    found = suggestions(passage) if mode == queries.FIRST else {}
    themes_now = list(queries.themes())
    shown = {
        "mode": mode,
        "passage": passage,
        "question": _question(passage),
        "rows": [
            (number, each, found.get(each.key), tones.get(each.key)) for number, each in enumerate(themes_now, start=1)
        ],
        "tones": Tone.choices,
        "work": queries.work(request.staff),
        "last": _number(request.GET.get("last", "")),
        "refusal": refusal,
    }
    return render(request, "surveys/listening/code.html", shown, status=status)


def _question(passage: Passage) -> str:
    """To what an open answer was given; empty for an interview."""
    if passage.response is None:
        return ""
    asked = passage.response.version.definition.get("questions", [])
    return next((in_language(each["texts"]) for each in asked if each["key"] == passage.question), "")


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@allow(*LISTENERS)
@require_safe
def agreement(request: StaffRequest) -> HttpResponse:
    """How far two coders agree, theme by theme, and the passages on which they differ."""
    rows, twice = queries.agreement()
    page = Paginator(list(queries.disputed()), 20).get_page(request.GET.get("page"))
    shown = {
        "tab": "agreement",
        "rows": rows,
        "twice": twice,
        "page": page,
        "work": queries.work(request.staff),
        "tones": Tone.choices,
    }
    return render(request, "surveys/listening/agreement.html", shown)


@allow(*LISTENERS, does=gettext_lazy("Settle where coders differ"))
@require_POST
def settle(request: StaffRequest, passage: UUID) -> HttpResponse:
    """Decide what holds of the themes on which two coders differ."""
    one = get_object_or_404(Passage, pk=passage)
    tones = {
        name.removeprefix("theme_"): "" if value == "none" else value
        for name, value in request.POST.items()
        if name.startswith("theme_")
    }
    try:
        actions.settle(one, {str(key): str(tone) for key, tone in tones.items()}, by=request.staff, at=timezone.now())
    except actions.NotCoded as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Settled."))
    return redirect("listening:agreement")
