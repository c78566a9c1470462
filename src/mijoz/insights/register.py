"""What each KPI is called, what it means, and which direction is good. Every app adds its own here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A KPI as people read it. `higher_is_better` is None when neither direction is good by itself."""

    name: str
    label: str | Promise
    meaning: str | Promise
    higher_is_better: bool | None
    on_board: bool = True


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> None:
    """Add a KPI; the last one of a name counts."""
    _definitions[definition.name] = definition


def definition(name: str) -> Definition:
    """What is known of the KPI; its bare name when nobody registered it."""
    return _definitions.get(name) or Definition(
        name=name, label=name.replace("_", " "), meaning="", higher_is_better=None, on_board=False
    )


def definitions() -> list[Definition]:
    return list(_definitions.values())


OWN = [
    Definition(
        name="revenue",
        label=_("Revenue"),
        meaning=_("Sum of all purchase lines of known customers, before refunds."),
        higher_is_better=True,
    ),
    Definition(
        name="repeat_purchase_share",
        label=_("Came back"),
        meaning=_("Of all who ever bought, the share who bought more than once."),
        higher_is_better=True,
    ),
    Definition(
        name="average_check",
        label=_("Average check"),
        meaning=_("Revenue divided by the number of purchases."),
        higher_is_better=True,
    ),
    Definition(
        name="active_share",
        label=_("Active customers"),
        meaning=_("Of all who ever bought, the share who bought in the last 90 days."),
        higher_is_better=True,
    ),
    Definition(
        name="churn_risk_share",
        label=_("At risk of leaving"),
        meaning=_("Of all who ever bought, the share who have been silent for much longer than is usual for them."),
        higher_is_better=False,
    ),
    Definition(
        name="satisfaction",
        label=_("Satisfaction"),
        meaning=_("Mean score of the answers to surveys."),
        higher_is_better=True,
    ),
    Definition(
        name="purchases",
        label=_("Purchases"),
        meaning=_("Number of purchases of known customers."),
        higher_is_better=True,
    ),
    Definition(
        name="purchasers",
        label=_("Customers who bought"),
        meaning=_("Number of known customers with at least one purchase."),
        higher_is_better=True,
    ),
    Definition(
        name="new_customers",
        label=_("New customers"),
        meaning=_("Customers whose first purchase was in the period."),
        higher_is_better=True,
    ),
    Definition(
        name="complaint_share",
        label=_("Complaints"),
        meaning=_("Complaints for each purchase."),
        higher_is_better=False,
    ),
    Definition(
        name="refund_share",
        label=_("Refunds"),
        meaning=_("Value of refunds as a share of revenue."),
        higher_is_better=False,
    ),
    Definition(
        name="scenario_effect",
        label=_("Effect of the scenario"),
        meaning=_("How many more customers reached the goal than in the hold-out."),
        higher_is_better=True,
        on_board=False,
    ),
]
