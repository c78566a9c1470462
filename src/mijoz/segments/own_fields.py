"""The facts that need nothing said of them: profile, scores, person, what they chose, dates that come round."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from mijoz.customers.models import LANGUAGES, Customer, Purpose, Tag
from mijoz.customers.wording import CHANNELS, WRITTEN_CHANNELS
from mijoz.segments.fields import (
    DATES,
    PERSON,
    PURCHASES,
    RFM,
    SERVICE,
    Field,
    Kind,
    Label,
    days_since,
    register,
)

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


def _channels() -> list[tuple[str, Label]]:
    return [(channel, CHANNELS[channel]) for channel in WRITTEN_CHANNELS]


def _tags() -> list[str]:
    return list(Tag.objects.values_list("name", flat=True)[:200])


def days_until(day: str) -> str:
    """SQL of the whole days until the day comes round again, 0 on the day itself.

    Who was born on 29 February has the 28th in other years.
    """
    years = f"(extract(year FROM %(as_of)s::date) - extract(year FROM {day}))::integer"
    this_year = f"({day} + make_interval(years => {years}))::date"
    next_year = f"({day} + make_interval(years => {years} + 1))::date"
    comes = f"{this_year} >= %(as_of)s::date AND {this_year} > {day}"  # the day itself is not its first return
    return f"(CASE WHEN {comes} THEN {this_year} ELSE {next_year} END - %(as_of)s::date)"


# A birthday without its year is counted from a leap year.
BORN = """
    coalesce(c.birth_on, CASE WHEN c.birthday ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN (
        '2000-01-01'::date + make_interval(
            months => substr(c.birthday, 1, 2)::integer - 1, days => substr(c.birthday, 4, 2)::integer - 1
        )
    )::date END)
""".strip()
TAGS = """
    SELECT g.customer_id, array_agg(t.name::text) AS value
    FROM customers_tagging g JOIN customers_tag t ON t.id = g.tag_id GROUP BY g.customer_id
"""
CHOSEN = "SELECT f.customer_id, f.{column} AS value FROM customers_preferences f"


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
        Field(key="rfm_score", label=_("weighted RFM score"), kind=Kind.MEAN, sql="s.rfm_score", group=RFM),
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
        Field(
            key="city",
            label=_("city"),
            kind=Kind.TEXT,
            sql="nullif(c.city, '')",
            group=PERSON,
        ),
        Field(
            key="tags",
            label=_("tags"),
            kind=Kind.WORDS,
            relation=TAGS,
            absent="'{}'::text[]",
            group=PERSON,
            suggestions=_tags,
        ),
        Field(
            key="chosen_channel",
            label=_("channel they chose"),
            kind=Kind.CHOICE,
            relation=CHOSEN.format(column="channel"),
            absent="''",
            group=PERSON,
            choices=_channels,
        ),
        Field(
            key="messages_a_month",
            label=_("messages a month that they allow"),
            kind=Kind.COUNT,
            relation=CHOSEN.format(column="messages_a_month"),
            group=PERSON,
        ),
        Field(
            key="days_to_birthday", label=_("time to the birthday"), kind=Kind.DAYS, sql=days_until(BORN), group=DATES
        ),
        Field(
            key="days_to_anniversary",
            label=_("time to the anniversary of the first purchase"),
            kind=Kind.DAYS,
            sql=days_until("(p.first_purchase_at AT TIME ZONE %(zone)s)::date"),
            group=DATES,
        ),
    ):
        register(field)
