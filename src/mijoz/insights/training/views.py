"""Training: a member's own exercises, the certificate, and who has passed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import LEADS, allow_staff
from mijoz.insights.models import Certificate, TrainingRound
from mijoz.insights.training import actions, queries
from mijoz.insights.training.exercises import OF_ROLE, exercise


@allow_staff
@require_safe
def training(request: StaffRequest) -> HttpResponse:
    """Where a member stands: the round that is open, what was passed; leads see everybody."""
    going_on = queries.open_round(request.staff)
    shown = {
        "going_on": going_on,
        "answered": len(queries.answers(going_on)) if going_on else 0,
        "asked": len(OF_ROLE[request.staff.role]),
        "passed_from": queries.PASSED_FROM,
        "certificates": Certificate.objects.filter(staff=request.staff),
        "rounds": [
            (one, sum(answer.is_right for answer in one.answers.all())) for one in queries.rounds(request.staff)[:10]
        ],
        "staff": queries.progress() if request.staff.role in LEADS else [],
    }
    return render(request, "insights/training/training.html", shown)


@allow_staff
@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Go on with the open round, or begin one."""
    going_on = actions.begin(request.staff, at=timezone.now())
    return redirect("insights:training_exercise", going_on.pk, _first_open(going_on))


def _first_open(of: TrainingRound) -> int:
    given = queries.answers(of)
    return next((place for place in range(1, len(of.exercises) + 1) if place not in given), len(of.exercises))


@allow_staff
def one_exercise(request: StaffRequest, pk: int, position: int) -> HttpResponse:
    """One exercise of one's own round; once answered, with the reasons."""
    of = get_object_or_404(TrainingRound, pk=pk, staff=request.staff)
    if not 1 <= position <= len(of.exercises):
        raise Http404(position)
    if request.method == "POST":
        try:
            actions.answer(of, position, request.POST.get("choice", ""), at=timezone.now())
        except actions.NotPossible as refusal:
            messages.error(request, str(refusal))
        return redirect("insights:training_exercise", pk, position)
    given = queries.answers(of)
    task = exercise(of.exercises[position - 1], sector=of.sector, seed=of.seed, position=position)
    marks = [
        "right"
        if place in given and given[place].is_right
        else "wrong"
        if place in given
        else "now"
        if place == position
        else ""
        for place in range(1, len(of.exercises) + 1)
    ]
    following = next(
        (place for place in range(1, len(of.exercises) + 1) if place not in given and place != position), None
    )
    shown = {
        "of": of,
        "position": position,
        "task": task,
        "given": given.get(position),
        "marks": marks,
        "following": following,
        "right": sum(answer.is_right for answer in given.values()),
        "certificate": Certificate.objects.filter(round=of).first(),
    }
    return render(request, "insights/training/exercise.html", shown)


@allow_staff
@require_safe
def certificate(request: StaffRequest, check_word: str) -> HttpResponse:
    """A certificate to print: one's own, for leads everybody's."""
    found = get_object_or_404(Certificate.objects.select_related("staff"), check_word=check_word)
    if found.staff_id != request.staff.pk and request.staff.role not in LEADS:
        raise Http404(check_word)
    return render(request, "insights/training/certificate.html", {"certificate": found})


@allow_staff
@require_safe
def check(request: StaffRequest) -> HttpResponse:
    """Whether a certificate with this check word was given out."""
    typed = "".join(sign for sign in request.GET.get("word", "").upper() if sign.isalnum() or sign == "-")
    word = f"{typed[:4]}-{typed[4:]}" if typed and "-" not in typed else typed
    found = Certificate.objects.filter(check_word=word).first() if word else None
    return render(request, "insights/training/check.html", {"word": word, "certificate": found})
