"""What Uzbekistan's law on personal data and the GDPR ask of the business, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers.models import (
    ChecklistAnswer,
    Consent,
    ConsentText,
    Look,
    PrivacySettings,
    RetentionRule,
    RetentionRun,
    SubjectRequest,
)
from mijoz.customers.privacy import consent
from mijoz.customers.privacy.queries import ANSWER_WITHIN
from mijoz.ui import formats

UZ, EU = "Oʻzbekiston: OʻRQ-547", "GDPR"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the system itself knows of a duty: whether it is done, and the fact behind that."""

    done: bool
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty: what it means in a sentence, and how its state is read, None when somebody has to say it."""

    key: str
    title: str | Promise
    meaning: str | Promise
    law: str
    read: Callable[[PrivacySettings, Any], Reading] | None = None


@dataclass(frozen=True, slots=True)
class DutyShown:
    duty: Duty
    state: str  # done, open, not_needed
    fact: str
    answer: ChecklistAnswer | None

    @property
    def tone(self) -> str:
        return {"done": "good", "not_needed": "neutral"}.get(self.state, "warning")

    @property
    def icon(self) -> str:
        return {"done": "check", "not_needed": "minus"}.get(self.state, "alert-triangle")

    @property
    def label(self) -> str:
        return str(ChecklistAnswer.State(self.state).label)


def shown(*, at: Any) -> list[DutyShown]:
    """Every duty with its state; what the system can read nobody has to say."""
    answers = {answer.duty: answer for answer in ChecklistAnswer.objects.select_related("answered_by")}
    kept = consent.settings()
    found = []
    for duty in DUTIES:
        answer = answers.get(duty.key)
        if duty.read is not None:
            reading = duty.read(kept, at)
            found.append(DutyShown(duty, "done" if reading.done else "open", reading.fact, None))
        else:
            found.append(DutyShown(duty, answer.state if answer else "open", answer.note if answer else "", answer))
    return found


def _hosting(kept: PrivacySettings, at: Any) -> Reading:
    if not kept.hosting_country:
        return Reading(False, _("Nobody has said in which country the data is kept."))
    return Reading(True, _("Declared: %(country)s") % {"country": kept.hosting_country.upper()})


def _operator(kept: PrivacySettings, at: Any) -> Reading:
    told = [part for part in (kept.operator, kept.tax_number) if part]
    return Reading(len(told) == 2, ", ".join(told) or _("The legal name and the tax number are missing."))


def _responsible(kept: PrivacySettings, at: Any) -> Reading:
    return Reading(bool(kept.responsible and kept.contact), kept.responsible or _("Nobody is named yet."))


def _texts(kept: PrivacySettings, at: Any) -> Reading:
    pairs = ConsentText.objects.values("purpose", "language").distinct().count()
    if pairs:
        return Reading(
            True, _("Own words in %(n)s purposes and languages; for the others ours are used.") % {"n": pairs}
        )
    return Reading(True, _("The words that come with Mijoz are used in three languages."))


def _proof(kept: PrivacySettings, at: Any) -> Reading:
    total = Consent.objects.filter(granted=True).count()
    without = Consent.objects.filter(granted=True, proof="").count()
    fact = _("%(n)s answers, %(without)s of them without the words agreed to.")
    return Reading(not without, fact % {"n": formats.number(total), "without": formats.number(without)})


def _double(kept: PrivacySettings, at: Any) -> Reading:
    on = "marketing" in kept.confirmed_purposes
    return Reading(
        on, _("Marketing by e-mail counts after a press in the mailbox.") if on else _("It is switched off.")
    )


def _retention(kept: PrivacySettings, at: Any) -> Reading:
    rules, last = RetentionRule.objects.count(), RetentionRun.objects.first()
    if not rules:
        return Reading(False, _("No rule yet: everything is kept for ever."))
    fact = _("Rules: %(n)s.") % {"n": rules}
    if last is None:
        return Reading(True, fact)
    removed = _("Removed last on %(day)s.") % {"day": formats.day(last.ran_at)}
    return Reading(True, f"{fact} {removed}")


def _looks(kept: PrivacySettings, at: Any) -> Reading:
    last = Look.objects.order_by("-at").first()
    return Reading(
        True, _("On; last entry %(at)s.") % {"at": formats.moment(last.at)} if last else _("On; nobody has looked yet.")
    )


def _erasure(kept: PrivacySettings, at: Any) -> Reading:
    done = SubjectRequest.objects.filter(kind="erasure").exclude(done_at=None).order_by("-done_at").first()
    if done is None:
        return Reading(False, _("Nobody has been erased yet, so it has not been shown to work here."))
    day = {"day": formats.day(done.done_at)}
    if done.proof.get("clean"):
        return Reading(True, _("Shown on %(day)s: the search afterwards found nothing.") % day)
    return Reading(False, _("On %(day)s something was still found; open the request.") % day)


def _requests(kept: PrivacySettings, at: Any) -> Reading:
    late = SubjectRequest.objects.filter(done_at=None, refused_at=None, asked_at__lt=at - ANSWER_WITHIN).count()
    waiting = SubjectRequest.objects.filter(done_at=None, refused_at=None).count()
    return Reading(not late, _("Waiting: %(n)s, longer than a month: %(late)s.") % {"n": waiting, "late": late})


def _breach(kept: PrivacySettings, at: Any) -> Reading:
    return Reading(bool(kept.breach_contact), kept.breach_contact or _("Nobody is named yet."))


def _processors(kept: PrivacySettings, at: Any) -> Reading:
    return Reading(bool(kept.processors), kept.processors or _("The list is empty."))


def _cross_border(kept: PrivacySettings, at: Any) -> Reading:
    return Reading(bool(kept.cross_border), kept.cross_border or _("Nobody has answered yet."))


def _backups(kept: PrivacySettings, at: Any) -> Reading:
    days = kept.backups_kept_days
    told = _("Kept for %(n)s days; whoever was erased is in them until then.") % {"n": days}
    return Reading(days is not None, told if days is not None else _("Nobody has said how long backups are kept."))


def _tls(kept: PrivacySettings, at: Any) -> Reading:
    secure = bool(django_settings.BEHIND_TLS)
    return Reading(secure, _("Pages are reached by https.") if secure else _("Pages are reached without https."))


DUTIES: tuple[Duty, ...] = (
    Duty(
        key="hosting",
        title=gettext_lazy("Data in the country"),
        meaning=gettext_lazy(
            "Biometric, genetic and telecom data must be kept in Uzbekistan; for all else it is the safe choice."
        ),
        law=f"{UZ}, 27¹",
        read=_hosting,
    ),
    Duty(
        key="registration",
        title=gettext_lazy("Registration"),
        meaning=gettext_lazy(
            "Databases with biometric, genetic or telecom data are registered with the authority; others need not be."
        ),
        law=f"{UZ}",
    ),
    Duty(
        key="operator",
        title=gettext_lazy("Who the operator is"),
        meaning=gettext_lazy("A consent names the business that it is given to, with its tax number."),
        law=f"{UZ} · {EU} 13",
        read=_operator,
    ),
    Duty(
        key="responsible",
        title=gettext_lazy("A responsible person"),
        meaning=gettext_lazy("Somebody answers for personal data, and customers know where to write."),
        law=f"{UZ} · {EU} 37–39",
        read=_responsible,
    ),
    Duty(
        key="texts",
        title=gettext_lazy("Words to agree to"),
        meaning=gettext_lazy("Consent is asked in plain words in the customer’s language, each purpose by itself."),
        law=f"{UZ} · {EU} 7",
        read=_texts,
    ),
    Duty(
        key="proof",
        title=gettext_lazy("Proof of consent"),
        meaning=gettext_lazy("For each yes one can show which words, when, where and by whom."),
        law=f"{UZ} · {EU} 7(1)",
        read=_proof,
    ),
    Duty(
        key="double_opt_in",
        title=gettext_lazy("A second yes by e-mail"),
        meaning=gettext_lazy("No law asks for it; it shows that the owner of the mailbox agreed, and nobody else."),
        law=f"{EU} 7(1)",
        read=_double,
    ),
    Duty(
        key="purposes",
        title=gettext_lazy("Purposes kept apart"),
        meaning=gettext_lazy(
            "Data gathered for one purpose is not used for another, and databases are not merged for it."
        ),
        law=f"{UZ} · {EU} 5(1)(b)",
    ),
    Duty(
        key="special",
        title=gettext_lazy("Health and other special data"),
        meaning=gettext_lazy("Health data is worked with only with consent of its own or where a law allows it."),
        law=f"{UZ} · {EU} 9",
    ),
    Duty(
        key="access",
        title=gettext_lazy("Requests answered within a month"),
        meaning=gettext_lazy("Who asks for a copy, a correction, erasure or restriction gets an answer in time."),
        law=f"{UZ} · {EU} 12–21",
        read=_requests,
    ),
    Duty(
        key="retention",
        title=gettext_lazy("Kept no longer than needed"),
        meaning=gettext_lazy("When the purpose has ended, data is destroyed or made anonymous."),
        law=f"{UZ} · {EU} 5(1)(e)",
        read=_retention,
    ),
    Duty(
        key="erasure",
        title=gettext_lazy("Erasure works"),
        meaning=gettext_lazy("An erasure reaches every table and file, and a search shows it."),
        law=f"{UZ} · {EU} 17",
        read=_erasure,
    ),
    Duty(
        key="backups",
        title=gettext_lazy("Backups end too"),
        meaning=gettext_lazy("A backup holds people who were erased since; so it is known when it is deleted."),
        law=f"{EU} 17, 32",
        read=_backups,
    ),
    Duty(
        key="looks",
        title=gettext_lazy("Who looked at whom"),
        meaning=gettext_lazy("It is kept who opened or took out whose record."),
        law=f"{UZ} · {EU} 32",
        read=_looks,
    ),
    Duty(
        key="tls",
        title=gettext_lazy("Sealed on the way"),
        meaning=gettext_lazy("Pages and links are reached by https, so that nobody reads along."),
        law=f"{UZ} · {EU} 32",
        read=_tls,
    ),
    Duty(
        key="breach",
        title=gettext_lazy("When data got out"),
        meaning=gettext_lazy("Staff know whom to call; the GDPR gives 72 hours to tell the authority."),
        law=f"{EU} 33–34",
        read=_breach,
    ),
    Duty(
        key="processors",
        title=gettext_lazy("Who else works with the data"),
        meaning=gettext_lazy("There is a list of those who work with the data for you, each with a contract."),
        law=f"{UZ} · {EU} 28",
        read=_processors,
    ),
    Duty(
        key="cross_border",
        title=gettext_lazy("To other countries"),
        meaning=gettext_lazy(
            "Data goes abroad only on a ground the law names: adequate protection, approved clauses or standards."
        ),
        law=f"{UZ} · {EU} 44–49",
        read=_cross_border,
    ),
    Duty(
        key="dpia",
        title=gettext_lazy("Risks weighed before"),
        meaning=gettext_lazy(
            "Where profiling on a large scale is planned, its risks for people are written down first."
        ),
        law=f"{EU} 35",
    ),
    Duty(
        key="training",
        title=gettext_lazy("Staff know the rules"),
        meaning=gettext_lazy("Everybody who works with customers’ data has been told how, and signed it."),
        law=f"{UZ} · {EU} 29",
    ),
)
BY_HAND = frozenset(duty.key for duty in DUTIES if duty.read is None)
