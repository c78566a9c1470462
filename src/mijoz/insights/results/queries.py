"""Reads of the reports that are kept, the months that can have one, aims and readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.channels import queries as channels
from mijoz.channels.models import Channel
from mijoz.events.models import Event
from mijoz.events.queries import default_as_of
from mijoz.insights.models import MonthlyReport, ReportAim, ReportMaking, ReportReader, ReportSending
from mijoz.insights.results import figures
from mijoz.insights.results.catalogue import ENTRIES
from mijoz.insights.results.figures import Figures
from mijoz.insights.results.measuring import month_before

FOLLOWED = timedelta(minutes=15)  # a making that has not ended by then was lost with its worker
MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Listed:
    """A month that is over; `report` is None when none is kept."""

    month: str
    report: MonthlyReport | None


def last_whole_month(at: datetime) -> str:
    """The last month that was over on the day that figures are shown for."""
    as_of = default_as_of(at)
    first = as_of.replace(day=1)
    is_over = (as_of + timedelta(days=1)).day == 1
    return f"{first if is_over else month_before(first):%Y-%m}"


def months(at: datetime) -> list[Listed]:
    """The months that can have a report, the latest first: from the first purchase on, two years at the most."""
    begun = Event.objects.filter(type="purchase_line").aggregate(first=Min("occurred_at"))["first"]
    kept = {report.month: report for report in MonthlyReport.objects.defer("figures")}
    found: list[str] = []
    if begun is not None:
        first = begun.astimezone(business().zone).date().replace(day=1)
        month = date.fromisoformat(f"{last_whole_month(at)}-01")
        while month >= first and len(found) < MOST_MONTHS:
            found.append(f"{month:%Y-%m}")
            month = month_before(month)
    return [Listed(month, kept.get(month)) for month in sorted({*found, *kept}, reverse=True)]


def kept(month: str) -> tuple[MonthlyReport, Figures] | None:
    """The report of the month, or None."""
    report = MonthlyReport.objects.filter(month=month).first()
    return (report, figures.read(report.figures)) if report is not None else None


def making(month: str, at: datetime) -> ReportMaking | None:
    """The making of this month's report that waits, runs or has failed."""
    asked = ReportMaking.objects.filter(month=month).first()
    if asked is None or (asked.is_open and asked.asked_at < at - FOLLOWED):
        return None
    return asked


def aims() -> dict[str, float | None]:
    """The aim of each figure: the business's own, else that of the catalogue."""
    own = dict(ReportAim.objects.values_list("figure", "value"))
    return {entry.key: own.get(entry.key, entry.aim) for entry in ENTRIES}


def readers() -> list[StaffMember]:
    """Who gets the report, of those who may still sign in."""
    chosen = ReportReader.objects.filter(member__is_active=True).values("member")
    return list(StaffMember.objects.filter(pk__in=chosen))


def sendings(report: MonthlyReport) -> list[ReportSending]:
    return list(report.sendings.select_related("member"))


def can_be_mailed() -> bool:
    """Whether an e-mail account is set up."""
    return channels.account(Channel.EMAIL) is not None
