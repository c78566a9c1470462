"""What a rule may ask of a customer. Apps above add fields of their own with `register` in their apps.py.

A field's SQL sees `c` (customers_customer), `p` (the profile) and the parameters %(as_of)s, the day, and %(zone)s, the
business's time zone. Everything else about a customer is reached by a subquery on c.id. The three RFM scores alone
read `s` (segments_score, may be missing): a refresh takes them from what it has just computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers.models import LANGUAGES, Customer, Purpose

Label = str | Promise


class Kind(StrEnum):
    COUNT = "count"  # a whole number
    DAYS = "days"  # a whole number of days
    YEARS = "years"
    SCORE = "score"  # 1 to 5
    SHARE = "share"  # 0 to 1
    AMOUNT = "amount"  # money or another decimal
    CHOICE = "choice"  # one of a few words
    WORDS = "words"  # a list of texts
    FLAG = "flag"  # yes or no


NUMBERS = frozenset({Kind.COUNT, Kind.DAYS, Kind.YEARS, Kind.SCORE, Kind.SHARE, Kind.AMOUNT})
OPERATORS: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys(NUMBERS, (">=", "<=", ">", "<", "=", "!=", "known")),
    Kind.CHOICE: ("in", "not_in"),
    Kind.WORDS: ("contains", "lacks"),
    Kind.FLAG: ("is",),
}

PURCHASES, RFM, SERVICE, PERSON = _("Purchases"), _("RFM scores"), _("Service"), _("Person and consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A fact of a customer with its SQL; `denied` is how a flag reads when it is not so.

    `choices` lists (value, label) of a CHOICE, `suggestions` texts that a WORDS field often has.
    """

    key: str
    label: Label
    kind: Kind
    sql: str
    group: Label
    denied: Label = ""
    choices: Callable[[], list[tuple[str, Label]]] | None = None
    suggestions: Callable[[], list[str]] | None = None

    @property
    def title(self) -> str:
        """The label with a capital at its beginning."""
        return capitalised(str(self.label))


def capitalised(text: str) -> str:
    """The text with a capital at its beginning."""
    first = next((place for place, letter in enumerate(text) if letter.isalpha()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


_fields: dict[str, Field] = {}


def register(field: Field) -> None:
    """Let rules use `field`; the last one of a key counts."""
    _fields[field.key] = field


def known(key: str) -> Field | None:
    return _fields.get(key)


def every() -> list[Field]:
    """All fields in the order in which they were registered."""
    return list(_fields.values())


def days_since(moment: str) -> str:
    """SQL of the whole days from `moment` to the day of the rule, by the business's calendar."""
    return f"(%(as_of)s::date - ({moment} AT TIME ZONE %(zone)s)::date)"


# Time since the last purchase until the end of the day, in the customer's own mean pauses between purchases, of a day
# at least; to one decimal place. date_part, since extract counts in decimals, which takes five times as long.
PAUSES_SINCE_LAST_PURCHASE = """
    CASE WHEN p.purchases > 1 THEN floor(
        10 * date_part('epoch', (%(as_of)s::date + 1)::timestamp AT TIME ZONE %(zone)s - p.last_purchase_at)
        * (p.purchases - 1)
        / greatest(date_part('epoch', p.last_purchase_at - p.first_purchase_at), 86400.0 * (p.purchases - 1)) + 0.5
    ) / 10 END
""".strip()


FAVOURITES = """
    SELECT service
    FROM (
        SELECT favourite_services FROM customers_profile ORDER BY last_purchase_at DESC NULLS LAST LIMIT %(customers)s
    ) latest, unnest(favourite_services) AS service
    GROUP BY service ORDER BY count(*) DESC, service LIMIT %(services)s
"""


def _consents_to(purpose: str) -> str:
    return (
        "EXISTS (SELECT FROM customers_consent consent WHERE consent.customer_id = c.id "
        f"AND consent.purpose = '{purpose}' AND consent.granted)"
    )


def _languages() -> list[tuple[str, Label]]:
    return [(value, label) for value, label in LANGUAGES]


def _acquisition_channels() -> list[tuple[str, Label]]:
    return [
        ("walk_in", _("Walk-in")),
        ("phone", _("Phone")),
        ("web", _("Website")),
        ("telegram", "Telegram"),
        ("instagram", "Instagram"),
        ("referral", _("Referral")),
    ]


def _services() -> list[str]:
    """What those who bought last like to buy, the most liked first."""
    with connection.cursor() as cursor:
        cursor.execute(FAVOURITES, {"customers": 20_000, "services": 200})
        return [row[0] for row in cursor.fetchall()]


def _genders() -> list[tuple[str, Label]]:
    return [(value, label) for value, label in Customer.Gender.choices]


def register_own() -> None:
    """The fields of profile, RFM, person and consent."""
    for field in (
        Field(
            key="purchases",
            label=_("number of purchases"),
            kind=Kind.COUNT,
            sql="p.purchases",
            group=PURCHASES,
        ),
        Field(key="revenue", label=_("revenue"), kind=Kind.AMOUNT, sql="p.revenue", group=PURCHASES),
        Field(
            key="average_check",
            label=_("average check"),
            kind=Kind.AMOUNT,
            sql="p.average_check",
            group=PURCHASES,
        ),
        Field(
            key="days_since_last_purchase",
            label=_("time since the last purchase"),
            kind=Kind.DAYS,
            sql=days_since("p.last_purchase_at"),
            group=PURCHASES,
        ),
        Field(
            key="days_since_first_purchase",
            label=_("time since the first purchase"),
            kind=Kind.DAYS,
            sql=days_since("p.first_purchase_at"),
            group=PURCHASES,
        ),
        Field(
            key="pauses_since_last_purchase",
            label=_("time away in usual pauses"),
            kind=Kind.AMOUNT,
            sql=PAUSES_SINCE_LAST_PURCHASE,
            group=PURCHASES,
        ),
        Field(
            key="discount_share",
            label=_("share bought at a discount"),
            kind=Kind.SHARE,
            sql="p.discount_share",
            group=PURCHASES,
        ),
        Field(
            key="favourite_services",
            label=_("favourite services"),
            kind=Kind.WORDS,
            sql="p.favourite_services",
            group=PURCHASES,
            suggestions=_services,
        ),
        Field(key="refunds", label=_("number of refunds"), kind=Kind.COUNT, sql="p.refunds", group=PURCHASES),
        Field(key="r_score", label=_("recency score"), kind=Kind.SCORE, sql="s.r_score", group=RFM),
        Field(key="f_score", label=_("frequency score"), kind=Kind.SCORE, sql="s.f_score", group=RFM),
        Field(key="m_score", label=_("monetary score"), kind=Kind.SCORE, sql="s.m_score", group=RFM),
        Field(
            key="complaints",
            label=_("number of complaints"),
            kind=Kind.COUNT,
            sql="p.complaints",
            group=SERVICE,
        ),
        Field(
            key="days_since_last_complaint",
            label=_("time since the last complaint"),
            kind=Kind.DAYS,
            sql=days_since("p.last_complaint_at"),
            group=SERVICE,
        ),
        Field(
            key="last_satisfaction",
            label=_("last satisfaction score"),
            kind=Kind.AMOUNT,
            sql="p.last_satisfaction::numeric",
            group=SERVICE,
        ),
        Field(
            key="days_since_last_event",
            label=_("time since anything happened"),
            kind=Kind.DAYS,
            sql=days_since("p.last_seen_at"),
            group=SERVICE,
        ),
        Field(
            key="acquisition_channel",
            label=_("acquisition channel"),
            kind=Kind.CHOICE,
            sql="p.acquisition_channel",
            group=SERVICE,
            choices=_acquisition_channels,
        ),
        Field(
            key="language",
            label=_("language"),
            kind=Kind.CHOICE,
            sql="c.language",
            group=PERSON,
            choices=_languages,
        ),
        Field(key="gender", label=_("gender"), kind=Kind.CHOICE, sql="c.gender", group=PERSON, choices=_genders),
        Field(
            key="age",
            label=_("age"),
            kind=Kind.YEARS,
            sql="extract(year FROM age(%(as_of)s::date, c.birth_on))::integer",
            group=PERSON,
        ),
        Field(
            key="has_email",
            label=_("has an e-mail address"),
            denied=_("has no e-mail address"),
            kind=Kind.FLAG,
            sql="(c.email <> '')",
            group=PERSON,
        ),
        Field(
            key="has_phone",
            label=_("has a phone"),
            denied=_("has no phone"),
            kind=Kind.FLAG,
            sql="(c.phone <> '')",
            group=PERSON,
        ),
        Field(
            key="consents_to_marketing",
            label=_("agreed to marketing messages"),
            denied=_("did not agree to marketing messages"),
            kind=Kind.FLAG,
            sql=_consents_to(Purpose.MARKETING.value),
            group=PERSON,
        ),
    ):
        register(field)
