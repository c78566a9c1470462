"""The report as a PDF of one page, by WeasyPrint: an optional package, since it needs a library of the system."""

from __future__ import annotations

import logging
from base64 import b64encode
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mijoz.business.queries import business
from mijoz.insights.models import MonthlyReport
from mijoz.insights.results import figures, shown
from mijoz.ui.assets import VENDOR

SIZES = (7.4, 7.0, 6.6, 6.2, 5.9)  # of the letters in points: the largest with which all stands on one page
PARTS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")  # of the font, as it comes


class NoPrinter(RuntimeError):
    """PDFs cannot be made on this machine; the text says what is missing."""


def make(report: MonthlyReport, *, language: str) -> bytes:
    """The kept report in a language. Raises NoPrinter."""
    if find_spec("weasyprint") is None:
        raise NoPrinter(_("PDFs need the package WeasyPrint: install mijoz[report]. The page can be printed as it is."))
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
    except OSError as error:
        raise NoPrinter(
            _("PDFs need the library Pango of the system (Debian: libpango-1.0-0 libpangoft2-1.0-0).")
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it tells of every property it does not know
    fetches_nothing = URLFetcher(allowed_protocols={"data"})  # whatever stands in the page: the fonts are in it
    for points in SIZES:
        drawn = HTML(string=_page(report, language=language, points=points), url_fetcher=fetches_nothing).render()
        if len(drawn.pages) == 1:
            break
    document: bytes = drawn.write_pdf()
    return document


def _page(report: MonthlyReport, *, language: str, points: float) -> str:
    found = figures.read(report.figures)
    with translation.override(language), timezone.override(business().zone):
        return render_to_string(
            "insights/results/print.html",
            {
                "report": shown.report(found),
                "figures": found,
                "made_at": report.made_at,
                "language": language,
                "points": f"{points:.1f}",
                "fonts": [(part, _font(part)) for part in PARTS if _path(part).exists()],
            },
        )


def file_name(report: MonthlyReport, language: str) -> str:
    return f"mijoz-results-{report.month}-{language}.pdf"


def _path(part: str) -> Path:
    return VENDOR / "inter" / "files" / f"inter-{part}-opsz-normal.woff2"


@cache
def _font(part: str) -> str:
    """A part of our font as an address that holds it whole."""
    return f"data:font/woff2;base64,{b64encode(_path(part).read_bytes()).decode()}"
