"""Rounds, answers and certificates, as staff meet them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from mijoz.business.models import Business, StaffMember
from mijoz.insights.models import Certificate, TrainingAnswer, TrainingRound
from mijoz.insights.tests.conftest import AT, SignIn, business, own_folder, sign_in
from mijoz.insights.training import actions
from mijoz.insights.training.exercises import exercise
from mijoz.insights.training.queries import certified

__all__ = ["business", "own_folder", "sign_in"]
pytestmark = pytest.mark.django_db


def right(of: TrainingRound, position: int) -> str:
    return exercise(of.exercises[position - 1], sector=of.sector, seed=of.seed, position=position).right.key


def wrong(of: TrainingRound, position: int) -> str:
    task = exercise(of.exercises[position - 1], sector=of.sector, seed=of.seed, position=position)
    return next(choice.key for choice in task.choices if not choice.is_right)


def member(role: str = "operator", name: str = "Lola") -> StaffMember:
    return StaffMember.objects.create_user(email=f"{name.lower()}@example.uz", name=name, role=role)


def test_who_gets_enough_right_gets_a_certificate(business: Business) -> None:
    lola = member()
    of = actions.begin(lola, at=AT)
    for position in range(1, 6):
        choice = wrong(of, position) if position == 3 else right(of, position)
        actions.answer(of, position, choice, at=AT)
    certificate = Certificate.objects.get()
    assert (certificate.right, certificate.exercises, certificate.name, certificate.role) == (4, 5, "Lola", "operator")
    assert certified() == {lola.pk}
    lola.role = "analyst"
    lola.save()
    assert certified() == set()


def test_who_does_not_may_try_others(business: Business) -> None:
    lola = member()
    of = actions.begin(lola, at=AT)
    for position in range(1, 6):
        actions.answer(of, position, wrong(of, position) if position < 3 else right(of, position), at=AT)
    assert not Certificate.objects.exists()
    assert of.ended_at == AT
    again = actions.begin(lola, at=AT)
    assert again.pk != of.pk
    assert again.seed != of.seed


def test_an_exercise_is_answered_once_and_only_with_what_is_offered(business: Business) -> None:
    of = actions.begin(member(), at=AT)
    actions.answer(of, 1, wrong(of, 1), at=AT)
    for position, choice in ((1, right(of, 1)), (2, "nonsense"), (0, "x"), (99, "x")):
        with pytest.raises(actions.NotPossible):
            actions.answer(of, position, choice, at=AT)
    assert TrainingAnswer.objects.count() == 1
    assert not TrainingAnswer.objects.get().is_right


def test_there_is_one_open_round(business: Business) -> None:
    lola = member()
    first = actions.begin(lola, at=AT)
    assert actions.begin(lola, at=AT) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRound.objects.create(staff=lola, role="owner", sector="clinic", seed=1, exercises=[], begun_at=AT)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize(
    "role", ["owner", "manager", "front_office", "operator", "service_master", "marketer", "analyst"]
)
def test_every_role_goes_from_the_first_exercise_to_the_certificate(role: str, language: str, sign_in: SignIn) -> None:
    browser = sign_in(role)
    StaffMember.objects.update(language=language, name="Lola")
    assert browser.get("/training/").status_code == 200
    browser.post("/training/begin/")
    of = TrainingRound.objects.get()
    for position in range(1, len(of.exercises) + 1):
        page = browser.get(f"/training/{of.pk}/{position}/")
        assert page.status_code == 200
        assert b"tr-because" not in page.content
        answered = browser.post(f"/training/{of.pk}/{position}/", {"choice": right(of, position)}, follow=True)
        assert b"tr-because" in answered.content
    certificate = Certificate.objects.get()
    assert certificate.check_word in answered.content.decode()
    printed = browser.get(f"/training/certificates/{certificate.check_word}/")
    assert b"Lola" in printed.content
    assert browser.get("/training/").status_code == 200


def test_somebody_elses_round_and_certificate_stay_theirs(sign_in: SignIn) -> None:
    lola = member()
    of = actions.begin(lola, at=AT)
    for position in range(1, 6):
        actions.answer(of, position, right(of, position), at=AT)
    word = Certificate.objects.get().check_word
    colleague = sign_in("marketer")
    assert colleague.get(f"/training/{of.pk}/1/").status_code == 404
    assert colleague.post(f"/training/{of.pk}/1/", {"choice": "x"}).status_code == 404
    assert colleague.get(f"/training/certificates/{word}/").status_code == 404
    assert sign_in("manager").get(f"/training/certificates/{word}/").status_code == 200


@pytest.mark.parametrize("typed", [lambda word: word, lambda word: word.replace("-", "").lower()])
def test_a_certificate_is_checked_by_its_word(typed: object, sign_in: SignIn) -> None:
    of = actions.begin(member(), at=AT)
    for position in range(1, 6):
        actions.answer(of, position, right(of, position), at=AT)
    word = Certificate.objects.get().check_word
    browser = sign_in("owner")
    assert "Lola" in browser.get("/training/certificates/", {"word": typed(word)}).content.decode()  # type: ignore[operator]
    assert "Lola" not in browser.get("/training/certificates/", {"word": "AAAA-AAAA"}).content.decode()
    assert browser.get("/training/certificates/", {"word": "\0'"}).status_code == 200
