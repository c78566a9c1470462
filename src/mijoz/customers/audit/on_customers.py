"""What the audit adds to the customers' list and page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.business.models import Role
from mijoz.customers import hooks
from mijoz.customers.audit import jobs, queries
from mijoz.customers.audit.findings import FINDINGS
from mijoz.customers.audit.scoring import FAIR, GOOD
from mijoz.customers.models import AuditScore, Customer
from mijoz.ui.navigation import NavItem, register

BANDS = {"good": (GOOD, 100), "fair": (FAIR, GOOD - 1), "poor": (0, FAIR - 1)}


def _choices() -> list[tuple[str, str]]:
    bands = [
        ("good", _("Good record: %(from)s and more of 100") % {"from": GOOD}),
        ("fair", _("Fair record: %(from)s to %(to)s") % {"from": FAIR, "to": GOOD - 1}),
        ("poor", _("Poor record: less than %(to)s") % {"to": FAIR}),
    ]
    return [*bands, *((code, str(finding.title)) for code, finding in FINDINGS.items())]


def _narrowed(customers: QuerySet[Customer], value: str) -> QuerySet[Customer]:
    scores = AuditScore.objects.all()
    scores = scores.filter(score__range=BANDS[value]) if value in BANDS else scores.filter(findings__contains=[value])
    return customers.filter(pk__in=scores.values("customer_id"))


def _panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    record = queries.record_of(customer)
    return {"record": record} if record else None


def connect() -> None:
    hooks.register_filter(
        hooks.ListFilter(key="record", label=gettext_lazy("Record"), choices=_choices, apply=_narrowed, order=70)
    )
    hooks.register_panel(hooks.Panel(key="audit", template="customers/audit/_panel.html", context=_panel, order=80))
    hooks.on_import_finished(jobs.ask_for_audit)
    register(
        NavItem(
            key="audit",
            label=gettext_lazy("Data audit"),
            url_name="customers:audit",
            icon="clipboard-check",
            roles=frozenset({Role.OWNER, Role.MANAGER, Role.MARKETER, Role.ANALYST}),
            order=26,
            section="work",
        )
    )
