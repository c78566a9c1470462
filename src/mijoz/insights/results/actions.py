"""Making and keeping the report of a month, sending it to its readers, and what the business aims at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.channels.email import to_staff
from mijoz.events import lake
from mijoz.insights.models import MonthlyReport, ReportAim, ReportMaking, ReportReader, ReportSending
from mijoz.insights.results import figures, measuring, pdf, queries, shown
from mijoz.insights.results.catalogue import BY_KEY

Status = ReportMaking.Status


class MonthRefused(ValueError):
    """There can be no report of this month; the text says why."""


def check_month(month: str, *, at: datetime) -> None:
    """Raise MonthRefused for what is no month, is not over, or lies before the log."""
    if month not in {listed.month for listed in queries.months(at)}:
        raise MonthRefused(_("Only months that are over and have purchases in the log can have a report."))


def ask(month: str, *, at: datetime) -> ReportMaking | None:
    """Ask a worker for the report of a month; None when it is kept already. Raises MonthRefused."""
    check_month(month, at=at)
    with transaction.atomic():
        asked, is_new = ReportMaking.objects.select_for_update().get_or_create(
            month=month, defaults={"asked_at": at, "status": Status.WAITING}
        )
        if MonthlyReport.objects.filter(month=month).exists():
            return None
        if is_new or not asked.is_open or asked.asked_at < at - queries.FOLLOWED:
            asked.status, asked.share_done, asked.error, asked.asked_at, asked.ended_at = (
                Status.WAITING,
                0,
                "",
                at,
                None,
            )
            asked.save()
            app.configure_task("results.make", lock="insights").defer(month=month)
    return asked


def carry_out(month: str, *, at: datetime) -> MonthlyReport:
    """Make what was asked for, and note how far it is and how it ended."""
    asked = ReportMaking.objects.filter(month=month)

    def progress(share: float) -> None:
        asked.update(status=Status.RUNNING, share_done=share)

    try:
        report = make(month, at=at, progress=progress)
    except Exception as error:
        asked.update(status=Status.FAILED, error=str(error), ended_at=timezone.now())
        raise
    asked.update(status=Status.DONE, share_done=1, ended_at=timezone.now())
    return report


def make(month: str, *, at: datetime, progress: measuring.Progress = lambda share: None) -> MonthlyReport:
    """Measure a month and keep its report; one that is kept already stays as it is. Raises MonthRefused."""
    if (kept := MonthlyReport.objects.filter(month=month).first()) is not None:
        return kept
    check_month(month, at=at)
    progress(0.05)
    lake.export(at=at)
    found = measuring.measure(measuring.month_of(month), aims=queries.aims(), progress=progress)
    try:
        with transaction.atomic():
            return MonthlyReport.objects.create(month=month, figures=found.document(), made_at=at)
    except IntegrityError:  # somebody else was quicker
        return MonthlyReport.objects.get(month=month)


def set_aims(wanted: Mapping[str, float | None]) -> None:
    """Aim at this from now on; reports that are kept show what was aimed at then."""
    with transaction.atomic():
        for key, value in wanted.items():
            if value == BY_KEY[key].aim:
                ReportAim.objects.filter(figure=key).delete()
            else:
                ReportAim.objects.update_or_create(figure=key, defaults={"value": value})


def set_readers(members: Collection[StaffMember]) -> None:
    """These members of staff get the next reports, and nobody else."""
    wanted = {member.pk for member in members}
    with transaction.atomic():
        ReportReader.objects.exclude(member__in=wanted).delete()
        there = set(ReportReader.objects.values_list("member", flat=True))
        ReportReader.objects.bulk_create(ReportReader(member_id=pk) for pk in sorted(wanted - there))


def send(report: MonthlyReport, *, at: datetime) -> int:
    """Send the report to each reader who has not got it, in the reader's language; returns to how many it went.

    Why one did not get it is kept; calling again tries only those.
    """
    got = set(report.sendings.exclude(sent_at=None).values_list("member", flat=True))
    sent = 0
    for member in queries.readers():
        if member.pk in got:
            continue
        trouble = _send(report, member, at=at)
        ReportSending.objects.update_or_create(
            report=report,
            member=member,
            defaults={"sent_at": None if trouble else at, "tried_at": at, "trouble": trouble},
        )
        sent += not trouble
    return sent


def _send(report: MonthlyReport, member: StaffMember, *, at: datetime) -> str:
    """ "" when it went out, else why it did not."""
    with translation.override(member.language):
        said = shown.report(figures.read(report.figures))
        text = [_("The results of %(month)s") % {"month": said.month_words}, "", *said.summary]
        attachments: list[to_staff.Attachment] = []
        try:
            content = pdf.make(report, language=member.language)
            attachments.append((pdf.file_name(report, member.language), content, "application/pdf"))
        except pdf.NoPrinter as missing:
            text += ["", str(missing)]
        try:
            to_staff.send(
                to=member.email,
                subject=_("%(business)s: results of %(month)s")
                % {"business": business().name or "Mijoz", "month": said.month_words},
                text="\n".join(text),
                language=member.language,
                attachments=attachments,
                at=at,
            )
        except to_staff.NotSent as failure:
            return str(failure) or _("Not sent")
    return ""
