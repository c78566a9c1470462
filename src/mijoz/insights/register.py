"""What each KPI is called, what it means, from what it is computed, and which direction is good.

Every app adds its own here. Formulas stand in docs/kpis.md; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A KPI as people read it. `higher_is_better` is None when neither direction is good by itself.

    `counted` names what a value rests on: customers, purchases or answers. `is_state` says that a value tells how
    customers stand at the end of a period, not what happened in it.
    """

    name: str
    label: Words
    meaning: Words
    source: Words
    counted: Words
    higher_is_better: bool | None
    is_state: bool = False


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> None:
    """Add a KPI; the last one of a name counts."""
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
CUSTOMERS, ANSWERS = _("Customers"), _("Answers")

OWN = [
    Definition(
        name="revenue",
        label=_("Revenue"),
        meaning=_("Sum of all purchases of known customers. Refunds are not taken off."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="repeat_purchase_share",
        label=_("Came back"),
        meaning=_("Of those who bought in the period, the share who had bought more than once by its end."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="average_check",
        label=_("Average check"),
        meaning=_("Revenue divided by the number of purchases."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="active_share",
        label=_("Active customers"),
        meaning=_("Of all who ever bought, the share who bought in the last 90 days."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
        is_state=True,
    ),
    Definition(
        name="churn_risk_share",
        label=_("At risk of leaving"),
        meaning=_("Of all who ever bought, the share who have been silent for more than twice their usual pause."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=False,
        is_state=True,
    ),
    Definition(
        name="satisfaction",
        label=_("Satisfaction"),
        meaning=_("Mean score from 1 to 5 of the answers to surveys after a visit."),
        source=SURVEYS,
        counted=ANSWERS,
        higher_is_better=True,
    ),
    Definition(
        name="purchases",
        label=_("Purchases"),
        meaning=_("Number of purchases of known customers."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=True,
    ),
    Definition(
        name="purchasers",
        label=_("Customers who bought"),
        meaning=_("Number of known customers with at least one purchase in the period."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="new_customers",
        label=_("New customers"),
        meaning=_("Customers whose first purchase was in the month; in all, in the last 90 days."),
        source=PURCHASES,
        counted=CUSTOMERS,
        higher_is_better=True,
    ),
    Definition(
        name="complaint_share",
        label=_("Customers who complained"),
        meaning=_("Of those who bought or complained in the period, the share who complained."),
        source=COMPLAINTS,
        counted=CUSTOMERS,
        higher_is_better=False,
    ),
    Definition(
        name="refund_share",
        label=_("Refunds"),
        meaning=_("Value of refunds as a share of revenue."),
        source=PURCHASES,
        counted=PURCHASES,
        higher_is_better=False,
    ),
]
