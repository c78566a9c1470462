"""Who stands behind a value of a KPI: read from the lake by the functions that computed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import polars as pl
from django.core.paginator import Page
from django.utils.translation import gettext as _

from mijoz.analysis import kpis
from mijoz.analysis.kpis import KPIS, Asked
from mijoz.business.queries import business
from mijoz.customers import contacts, listing
from mijoz.customers.listing import Criteria, Search
from mijoz.customers.models import Customer
from mijoz.events import lake
from mijoz.insights import months, rows
from mijoz.insights.models import KpiValue
from mijoz.insights.seen import see

SORTS = ("value", "when", "name")
PARTS = ("counted", "rest")  # those in the numerator, and those in the denominator alone


class NotAsked(ValueError):
    """No value of a KPI is asked for; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; `reference` and `at` are those of a case, visit, answer or booking."""

    customer: Customer
    phone: str
    reference: str
    at: datetime | None
    numerator: float
    denominator: float | None


def parse(name: str, dimension: str, member: str, month: str) -> Asked:
    """Which value an address asks for. Raises NotAsked."""
    if name not in KPIS:
        raise NotAsked(_("Nobody stands behind this figure: it is not computed from single customers."))
    if dimension and (dimension not in KPIS[name].dimensions or not member):
        raise NotAsked(_("This KPI is not computed by “%(dimension)s”.") % {"dimension": dimension})
    try:
        return Asked(name, dimension, member if dimension else "", months.read(month))
    except months.NotAMonth as refusal:
        raise NotAsked(str(refusal)) from refusal


def kept(asked: Asked, as_of: date) -> KpiValue | None:
    """The value as it was kept."""
    return KpiValue.objects.filter(
        as_of=as_of, name=asked.name, dimension=asked.dimension, member=asked.member, month=asked.month, scenario=""
    ).first()


def rows_behind(asked: Asked, *, as_of: date, at: datetime) -> pl.DataFrame:
    """customer_id, numerator, denominator, reference and occurred_at; what the log has gained since is in it."""
    lake.export(at=at)
    seen = see(as_of=as_of, at=at)
    found = kpis.behind(
        seen.events,
        seen.ownership,
        asked,
        as_of=as_of,
        zone=business().time_zone,
        segments=seen.segments,
    )
    frame: pl.DataFrame = found.to_native()
    return frame


def narrowed(found: pl.DataFrame, *, part: str, query: str, role: str, as_of: date) -> pl.DataFrame:
    """The rows of one part, and of those customers whom the search finds (by contacts if the role sees them)."""
    if part in PARTS:
        found = found.filter((pl.col("numerator") != 0) == (part == "counted"))
    words = query.replace("\0", "").strip()[:200]
    if words:
        search = Search(
            criteria=Criteria(query=words),
            until=listing.midnight_after(as_of, business().zone),
            contacts_hidden=contacts.hidden_from(role),
        )
        fitting = search.customers().filter(pk__in=found["customer_id"].unique().to_list())
        found = found.filter(pl.col("customer_id").is_in(list(fitting.values_list("pk", flat=True))))
    return found


def in_order(found: pl.DataFrame, sort: str) -> pl.DataFrame:
    """By what counts, by time or by name; of equal ones the newest customer first."""
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        names = Customer.objects.filter(pk__in=found["customer_id"].unique().to_list())
        known = pl.DataFrame(
            list(names.values_list("pk", "sort_name")),
            schema={"customer_id": pl.Int64, "name": pl.String},
            orient="row",
        )
        found = found.join(known, on="customer_id", how="left")
    column = {"when": "occurred_at", "name": "name"}.get(key, "numerator")
    return found.sort([column, "customer_id"], descending=[falling, True], nulls_last=True)


def page_of(found: pl.DataFrame, number: str | None, *, role: str) -> Page[Row]:
    """The rows of one page with their customers."""
    return rows.page_of(found, number, show=partial(_rows, role=role))


def every_row(found: pl.DataFrame, *, role: str) -> Iterator[Row]:
    """All rows, read piece by piece."""
    return rows.every_row(found, show=partial(_rows, role=role))


def _rows(piece: pl.DataFrame, *, role: str) -> Iterator[Row]:
    hidden = contacts.hidden_from(role)
    known = Customer.objects.in_bulk(piece["customer_id"].unique().to_list())
    for row in piece.iter_rows(named=True):
        customer = known.get(row["customer_id"])
        if customer is not None:
            yield Row(
                customer,
                contacts.contacts_of(customer, hidden=hidden).phone,
                row["reference"],
                row["occurred_at"],
                row["numerator"],
                row["denominator"],
            )
