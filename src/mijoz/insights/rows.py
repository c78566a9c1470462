"""Rows of customers that a computation gave, as pages show them: one page of them, all of them, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import polars as pl
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from mijoz.customers.models import Customer

ROWS_A_PAGE = 50
ROWS_A_PIECE = 2_000
Shown = TypeVar("Shown")


def page_of(found: pl.DataFrame, number: str | None, *, show: Callable[[pl.DataFrame], Iterable[Shown]]) -> Page[Shown]:
    """The rows of one page, shown; only theirs are looked up."""
    page: Page[Any] = Paginator(range(found.height), ROWS_A_PAGE).get_page(number)
    page.object_list = list(show(found[list(page.object_list)] if found.height else found))
    return page


def every_row(found: pl.DataFrame, *, show: Callable[[pl.DataFrame], Iterable[Shown]]) -> Iterator[Shown]:
    """All rows, shown piece by piece."""
    for piece in found.iter_slices(ROWS_A_PIECE):
        yield from show(piece)


def people(found: pl.DataFrame) -> QuerySet[Customer]:
    """The customers of the rows, by customer_id."""
    return Customer.objects.filter(pk__in=found["customer_id"].unique().to_list())
