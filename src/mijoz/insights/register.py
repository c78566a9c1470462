"""What each KPI is called, what it means, from what it is computed, and which direction is good.

Every app adds its own here. Formulas stand in docs/kpis.md; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.analysis.kpis import FUNCTIONS, KPIS

Words = str | Promise
Group = Literal["customer", "process"]
GROUPS: dict[Group, Words] = {"customer": _("What customers do and say"), "process": _("How the service runs")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A KPI as people read it. `higher_is_better` is None when neither direction is good by itself.

    `counted` names what a value rests on: customers, purchases or answers. `is_state` says that a value tells how
    customers stand at the end of a period, not what happened in it. `formula` says in words how it is computed, and
    `function` which pure function does.
    """

    name: str
    label: Words
    meaning: Words
    source: Words
    counted: Words
    higher_is_better: bool | None
    is_state: bool = False
    group: Group = "customer"
    unit: str = "count"
    formula: Words = ""
    function: str = ""

    @property
    def period(self) -> Words:
        """Of which time a value speaks."""
        return _("the day, and the end of each month") if self.is_state else _("each month, and all until the day")


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> None:
    """Add a KPI; the last one of a name counts. What `mijoz.analysis.kpis` says of one is taken from there."""
    known = KPIS.get(definition.name)
    if known is not None:
        definition = replace(
            definition,
            group=known.group,
            unit=known.unit,
            is_state=known.is_state,
            function=f"mijoz.analysis.{FUNCTIONS[known.kind]}" if known.kind != "total" else FUNCTIONS[known.kind],
        )
    _definitions[definition.name] = definition


def definition(name: str) -> Definition:
    """What is known of the KPI; its bare name when nobody registered it."""
    return _definitions.get(name) or Definition(
        name=name, label=name.replace("_", " "), meaning="", source="", counted="", higher_is_better=None
    )


def definitions() -> list[Definition]:
    """All KPIs in the order in which they were registered."""
    return list(_definitions.values())


PURCHASES, SURVEYS, COMPLAINTS = _("Purchases"), _("Answers to surveys"), _("Complaints")
VISITS, CASES, BOOKINGS = _("Visits"), _("Cases"), _("Bookings")
CUSTOMERS, ANSWERS = _("Customers"), _("Answers")

OWN = [
    Definition(
        name="revenue",
        label=_("Revenue"),
        meaning=_("Sum of all purchases of known customers. Refunds are not taken off."),
        formula=_("Sum of the amounts of all purchases."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="repeat_purchase_share",
        label=_("Came back"),
        meaning=_("Of those who bought in the period, the share who had bought more than once by its end."),
        formula=_("Customers with more than one purchase by the end of the period ÷ customers who bought in it."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="average_check",
        label=_("Average check"),
        meaning=_("Revenue divided by the number of purchases."),
        formula=_("Revenue ÷ purchases."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="active_share",
        label=_("Active customers"),
        meaning=_("Of all who ever bought, the share who bought in the last 90 days."),
        formula=_("Customers with a purchase in the last 90 days ÷ all who ever bought."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
        is_state=True,
    ),
    Definition(
        name="churn_risk_share",
        label=_("At risk of leaving"),
        meaning=_("Of all who ever bought, the share who have been silent for more than twice their usual pause."),
        formula=_("Customers silent for more than twice their usual pause ÷ all who ever bought."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=False,
        is_state=True,
    ),
    Definition(
        name="satisfaction",
        label=_("Satisfaction"),
        meaning=_("Mean score from 1 to 5 of the answers to surveys after a visit."),
        formula=_("Sum of the scores ÷ answers."),
        source=SURVEYS,
        counted=ANSWERS,
        higher_is_better=True,
    ),
    Definition(
        name="purchases",
        label=_("Purchases"),
        meaning=_("Number of purchases of known customers."),
        formula=_("Receipts counted once each; refunds and gifts are none."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="purchasers",
        label=_("Customers who bought"),
        meaning=_("Number of known customers with at least one purchase in the period."),
        formula=_("Customers counted once each."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="new_customers",
        label=_("New customers"),
        meaning=_("Customers whose first purchase was in the month; in all, in the last 90 days."),
        formula=_("Customers whose first purchase lies in the period."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="complaint_share",
        label=_("Customers who complained"),
        meaning=_("Of those who bought or complained in the period, the share who complained."),
        formula=_("Customers who complained ÷ customers who bought or complained."),
        source=COMPLAINTS,
        counted=CUSTOMERS,
        higher_is_better=False,
    ),
    Definition(
        name="refund_share",
        label=_("Refunds"),
        meaning=_("Value of refunds as a share of revenue."),
        formula=_("Value of refunds ÷ revenue."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=False,
    ),
    Definition(
        name="loyal_share",
        label=_("Loyal customers"),
        meaning=_(
            "Of all who ever bought, the share with three purchases or more who are not silent for longer than usual."
        ),
        formula=_("Customers with three or more purchases, not at risk of leaving ÷ all who ever bought."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="satisfied_share",
        label=_("Satisfied answers"),
        meaning=_("Share of the answers to surveys after a visit that give 4 or 5 of 5."),
        formula=_("Answers with 4 or 5 ÷ answers."),
        source=SURVEYS,
        counted=ANSWERS,
        higher_is_better=True,
    ),
    Definition(
        name="nps",
        label=_("Would recommend (NPS)"),
        meaning=_(
            "Share who would recommend you (9 or 10 of 10) less the share who would not (0 to 6), "
            "in points from −100 to 100."
        ),
        formula=_("(Answers with 9 or 10 − answers with 0 to 6) ÷ answers × 100."),
        source=SURVEYS,
        counted=ANSWERS,
        higher_is_better=True,
    ),
    Definition(
        name="ease",
        label=_("Ease (CES)"),
        meaning=_("Mean score from 1 to 7 of how easy it was to get what was wanted."),
        formula=_("Sum of the scores ÷ answers."),
        source=SURVEYS,
        counted=ANSWERS,
        higher_is_better=True,
    ),
    Definition(
        name="waiting_time",
        label=_("Waiting time"),
        meaning=_("Mean minutes from arriving until the service begins."),
        formula=_("Minutes waited ÷ visits that tell them."),
        source=VISITS,
        counted=VISITS,
        higher_is_better=False,
    ),
    Definition(
        name="service_cycle_time",
        label=_("Service cycle time"),
        meaning=_("Mean minutes from arriving until the service is done: waiting and service together."),
        formula=_("Minutes waited and served ÷ visits that tell them."),
        source=VISITS,
        counted=VISITS,
        higher_is_better=False,
    ),
    Definition(
        name="first_response_time",
        label=_("First response"),
        meaning=_("Mean time from opening a case to the first answer, by staff or by a machine."),
        formula=_("Minutes from opening to the first answer ÷ cases answered."),
        source=CASES,
        counted=CASES,
        higher_is_better=False,
    ),
    Definition(
        name="resolution_time",
        label=_("Time to resolve"),
        meaning=_("Mean time from opening a case until it was resolved for good."),
        formula=_("Minutes from opening to the last resolution ÷ cases resolved."),
        source=CASES,
        counted=CASES,
        higher_is_better=False,
    ),
    Definition(
        name="first_time_right_share",
        label=_("Right the first time"),
        meaning=_("Of the cases resolved, the share that was right at the first attempt and was not opened again."),
        formula=_("Cases right at the first attempt, not opened again ÷ cases resolved."),
        source=CASES,
        counted=CASES,
        higher_is_better=True,
    ),
    Definition(
        name="automatic_share",
        label=_("Resolved automatically"),
        meaning=_("Of the cases resolved, the share for which no staff was needed."),
        formula=_("Cases resolved without staff ÷ cases resolved."),
        source=CASES,
        counted=CASES,
        higher_is_better=True,
    ),
    Definition(
        name="no_show_share",
        label=_("No-shows"),
        meaning=_("Of the bookings that were due and not cancelled, the share to which nobody came."),
        formula=_("Bookings missed ÷ bookings due and not cancelled."),
        source=BOOKINGS,
        counted=BOOKINGS,
        higher_is_better=False,
    ),
]
