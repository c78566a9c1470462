"""Formats and components for every template; loaded for all of them, see docs/ui.md.

A component is a tag. It renders one template of `ui/components/` and sees nothing but its arguments; one that
wraps other markup is a block: `{% empty_state ... %} a button {% endempty_state %}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mijoz.ui import colours, formats
from mijoz.ui.sparkline import polyline

register = template.Library()


def component(name: str, **arguments: Any) -> SafeString:
    return render_to_string(f"ui/components/{name}.html", arguments)


def _trimmed(content: str) -> SafeString:
    """The block as it was rendered, empty if it holds nothing but space."""
    return SafeString(content.strip())


# Formats


def _known(value: Any) -> Any:
    """A template gives "" for what is not there: that is nothing, as None is."""
    return None if value == "" else value


@register.filter
def number(value: formats.Number | None, places: int | None = None) -> str:
    return formats.number(_known(value), places)


@register.filter
def short_number(value: formats.Number | None) -> str:
    return formats.short_number(_known(value))


@register.filter
def money(value: formats.Number | None, currency: str) -> str:
    return formats.money(_known(value), currency)


@register.filter
def short_money(value: formats.Number | None, currency: str) -> str:
    return formats.money(_known(value), currency, short=True)


@register.filter
def share(value: formats.Number | None, places: int = 1) -> str:
    return formats.share(_known(value), places)


@register.filter
def points(value: formats.Number | None, places: int = 1) -> str:
    return formats.points(_known(value), places)


@register.filter
def signed(value: str) -> str:
    return formats.signed(value)


@register.filter
def day(value: date | None) -> str:
    return formats.day(value)


@register.filter
def month(value: date | None) -> str:
    return formats.month(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value)


@register.filter
def duration(value: timedelta | formats.Number | None) -> str:
    return formats.duration(value)


@register.simple_tag
def ago(value: datetime | None, at: datetime | None = None) -> str:
    """How long ago it was, with the exact moment on hover."""
    if value is None:
        return formats.NOTHING
    html = '<time datetime="{}" title="{}">{}</time>'
    text = formats.ago(value, at=at or timezone.now())
    return format_html(html, value.isoformat(), formats.moment(value), text)


# Small things


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """One icon of the sprite; without `label` it is decoration and hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def badge(text: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A pill; tones: neutral, brand, good, warning, bad, accent."""
    return component("badge", text=text, tone=tone, icon=icon)


@register.simple_tag
def segment(key: str, label: str) -> SafeString:
    """A segment's pill in its own colour, the same everywhere."""
    return component("segment", label=label, colour=colours.segment_colour(key))


@register.simple_tag
def avatar(name: str, size: str = "md") -> SafeString:
    """A person's initials on a colour of their own; sizes sm, md, lg."""
    initials = "".join(word[0] for word in name.split()[:2] if word[0].isalnum()).upper() or "•"
    return component("avatar", initials=initials, colour=colours.other_colour(name), size=size)


@register.simple_tag
def copy_button(value: str, label: str = "") -> SafeString:
    return component("copy_button", value=value, label=label or _("Copy"))


# Page


@register.simple_block_tag
def page_header(
    content: str, title: str, lead: str = "", back_url: str = "", back_label: str = "", kicker: str = ""
) -> SafeString:
    """The page's one h1; the block holds its actions, the most common one first."""
    return component(
        "page_header",
        actions=_trimmed(content),
        title=title,
        lead=lead,
        back_url=back_url,
        back_label=back_label or _("Back"),
        kicker=kicker,
    )


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon: str = "inbox") -> SafeString:
    """What a page without rows shows: what will stand here and, in the block, the button that makes it so."""
    return component("empty_state", action=_trimmed(content), title=title, text=text, icon=icon)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> SafeString:
    """A modal dialog; any button with data-opens="ID" opens it, one with data-closes shuts it."""
    return component("dialog", body=content, id=id, title=title, wide=wide)


@register.simple_block_tag
def timeline_item(
    content: str,
    title: str,
    at: datetime | None = None,
    icon: str = "point",
    tone: str = "neutral",
    note: str = "",
) -> SafeString:
    """One thing that happened, inside `<ol class="mj-timeline">`; the block holds details."""
    return component("timeline_item", body=_trimmed(content), title=title, at=at, icon=icon, tone=tone, note=note)


@register.simple_tag
def progress(
    url: str, share: float, label: str, note: str = "", done: bool = False, failed: bool = False
) -> SafeString:
    """A job's progress; until it is done or failed `url` is asked every second for this very tag."""
    return component(
        "progress",
        url=url,
        percent=round(share * 100),
        figure=formats.share(share, 0),
        label=label,
        note=note,
        done=done,
        failed=failed,
    )


@register.simple_tag
def suggestion(url: str, title: str, note: str = "") -> SafeString:
    """One line of the top bar's suggestions."""
    return component("suggestion", url=url, title=title, note=note)


# Lists


def _request(context: Context) -> HttpRequest:
    return context["request"]


def _with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return "?" + changed.urlencode()


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, placeholder: str = "", target: str = "#list") -> SafeString:
    """The form above a list: search (with a `placeholder`) and the block's fields, kept in the address.

    Every change swaps `target` with the same element of the answer.
    """
    query = _request(context).GET
    return component(
        "filters",
        fields=_trimmed(content),
        placeholder=placeholder,
        searched=query.get("q", ""),
        sort=query.get("sort", ""),
        target=target,
    )


@register.simple_tag(takes_context=True)
def sort_header(
    context: Context,
    key: str,
    label: str,
    align: str = "start",
    default: str = "",
    target: str = "#list",
    falling: bool = False,
) -> SafeString:
    """A `<th>` that sorts by `key`, then by its reverse; `default` is the order when none is asked for.

    With `falling` the greatest come first at the first click, as people want it of sums and dates.
    """
    query = _request(context).GET
    current = query.get("sort", default)
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    first, second = (f"-{key}", key) if falling else (key, f"-{key}")
    following = second if current == first else first
    return component(
        "sort_header",
        label=label,
        align=align,
        order=order,
        url=_with(query, sort=following, page=""),
        target=target,
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], target: str = "#list") -> SafeString:
    """Which rows of how many are shown, and links to the other pages, keeping the query.

    A paginator with a true `is_capped` counts no further than its `count`: that is shown with a plus.
    """
    query = _request(context).GET
    paginator = page.paginator
    elided = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {
            "text": formats.number(place) if isinstance(place, int) else "…",
            "url": _with(query, page=str(place)) if isinstance(place, int) else "",
            "is_current": place == page.number,
        }
        for place in elided
    ]
    return component(
        "pagination",
        first=page.start_index(),
        last=page.end_index(),
        total=f"{formats.number(paginator.count)}{'+' if getattr(paginator, 'is_capped', False) else ''}",
        links=links if paginator.num_pages > 1 else [],
        previous_url=_with(query, page=str(page.number - 1)) if page.has_previous() else "",
        next_url=_with(query, page=str(page.number + 1)) if page.has_next() else "",
        target=target,
    )


@register.simple_tag(takes_context=True)
def export_button(context: Context, url: str, label: str = "") -> SafeString:
    """A link to the export of the list as it is filtered and sorted now."""
    query = _request(context).GET.copy()
    query.pop("page", None)
    encoded = urlencode(list(query.lists()), doseq=True)
    return component("export_button", url=url, query=encoded, label=label or _("Export"))


# Figures


@register.simple_tag
def kpi(
    label: str,
    value: str,
    low: str = "",
    high: str = "",
    change: str = "",
    good: bool | None = None,
    note: str = "",
    spark: Sequence[float | None] = (),
    url: str = "",
    hint: str = "",
) -> SafeString:
    """A KPI's card; `value`, `low`, `high` and `change` come formatted.

    `low` and `high` are the 95 % interval. `change` is the signed difference to what `note` names, and `good`
    says whether it is for the better (None: neither). `hint` says how the figure comes about.
    """
    tone = {True: "good", False: "bad", None: "neutral"}[good]
    return component(
        "kpi",
        label=label,
        value=value,
        low=low,
        high=high,
        change=change,
        falls=change.startswith(formats.MINUS),
        tone=tone,
        note=note,
        spark=polyline(spark, width=96, height=32) if len(spark) > 1 else "",
        url=url,
        hint=hint,
    )


@register.simple_tag
def chart(label: str, figure: Any = None, url: str = "", height: int = 280, note: str = "") -> SafeString:
    """A chart with its table; `figure` as docs/ui.md describes it, or `url` that answers with it as JSON."""
    return component("chart", label=label, figure=figure, url=url, height=height, note=note)
