"""The results report of a month: kept as it was, the aims beside its figures, and who gets it by e-mail."""

from __future__ import annotations

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from mijoz.business.models import StaffMember
from mijoz.business.tracking import tracked

MONTH = RegexValidator(r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class MonthlyReport(models.Model):
    """The figures of one month as they were computed then; written once, never changed. Counts only, nobody's name.

    `figures` is what `results.figures.Figures` makes of itself.
    """

    month = models.CharField(max_length=7, unique=True, validators=[MONTH])  # 2026-03
    figures = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]
        triggers = [pgtrigger.Protect(name="reports_never_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.month


class ReportMaking(models.Model):
    """That somebody asked for the report of a month, and how it went."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    month = models.CharField(max_length=7, unique=True, validators=[MONTH])
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    share_done = models.FloatField(default=0)
    error = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "failed"]), name="report_making_status_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}


@tracked()
class ReportAim(models.Model):
    """What the business aims at; a figure without a row has the aim that research reports, if there is one.

    A row without a value says that there is no aim.
    """

    figure = models.CharField(max_length=40, unique=True)
    value = models.FloatField(null=True)

    class Meta:
        ordering = ["figure"]

    def __str__(self) -> str:
        return f"{self.figure}: {self.value}"


@tracked()
class ReportReader(models.Model):
    """A member of staff who gets each month's report by e-mail."""

    member = models.OneToOneField(StaffMember, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["member"]

    def __str__(self) -> str:
        return str(self.member_id)


class ReportSending(models.Model):
    """That a report went to a reader, or why it did not."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="sendings", db_index=False)
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    trouble = models.TextField(default="", blank=True)  # in the words of whoever refused it

    class Meta:
        ordering = ["member"]
        constraints = [
            models.UniqueConstraint(fields=["report", "member"], name="a_report_goes_to_a_reader_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False, trouble="") | (Q(sent_at=None) & ~Q(trouble="")),
                name="what_was_not_sent_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} to {self.member_id}"
