"""Which figures the report has, what each means, from where it comes, and what to do when it is not measured.

An aim is what research on personalised service reports; a business changes it to its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

ACCEPTANCE, LOYALTY, EXPERIENCE, MACHINES = "acceptance", "loyalty", "experience", "machines"
GROUPS: dict[str, Words] = {
    ACCEPTANCE: _("Acceptance and use"),
    LOYALTY: _("Loyalty and offers"),
    EXPERIENCE: _("How it felt"),
    MACHINES: _("What runs by itself, and what was foreseen"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One figure. `unit` is share (0 to 1), change (a relative one) or points (a difference of shares)."""

    key: str
    group: str
    unit: str
    label: Words
    meaning: Words
    source: Words
    counted: Words
    todo: Words
    aim: float | None = None


CUSTOMERS, ANSWERS, CASES = _("Customers"), _("Answers"), _("Cases")
SURVEY_LOG = _("Answers to surveys: in the log, and the anonymous ones")
RESPONSES = _("Answers to surveys with this question")

ENTRIES = (
    Entry(
        key="consent",
        group=ACCEPTANCE,
        unit="share",
        label=_("Customers agree to be served personally"),
        meaning=_(
            "Of the customers who bought in the year before the month's end, the share who agreed to profiling and did "
            "not take it back."
        ),
        source=_("Purchases and consent given and withdrawn, in the log"),
        counted=CUSTOMERS,
        todo=_("Ask customers whether they agree: on their own page, at the counter or by import."),
    ),
    Entry(
        key="protocol",
        group=ACCEPTANCE,
        unit="share",
        label=_("Staff do what scenarios ask of them"),
        meaning=_("Of what tasks of scenarios asked staff to confirm, the share that was done."),
        source=_("Confirmed tasks"),
        counted=_("Asked for"),
        todo=_("Give a scenario a task whose points staff confirm."),
    ),
    Entry(
        key="personal",
        group=ACCEPTANCE,
        unit="share",
        label=_("Customers served personally"),
        meaning=_(
            "Of the customers who bought in the month, the share with a message, an offer, a protocol or a task of a "
            "scenario in the 60 days before its end."
        ),
        source=_("Purchases and what scenarios did, in the log"),
        counted=CUSTOMERS,
        todo=_("Start a scenario: what it does for a customer is counted here."),
        aim=0.80,
    ),
    Entry(
        key="came_again",
        group=LOYALTY,
        unit="share",
        label=_("Came again"),
        meaning=_("Of the customers who bought in the month before, the share who bought in this month too."),
        source=_("Purchases in the log"),
        counted=CUSTOMERS,
        todo=_("Two whole months of purchases are needed: import your history."),
    ),
    Entry(
        key="loyalty",
        group=LOYALTY,
        unit="change",
        label=_("Loyalty: change in coming again"),
        meaning=_(
            "By how much the share who came again has grown since the same month of the year before, or since the "
            "first months of the log. That is before and after, not proof: the next figure is."
        ),
        source=_("Purchases in the log"),
        counted=CUSTOMERS,
        todo=_("It needs the same month of the year before, or three months of purchases at the least."),
        aim=0.15,
    ),
    Entry(
        key="proof",
        group=LOYALTY,
        unit="points",
        label=_("Loyalty against those held out"),
        meaning=_(
            "How many more of the customers of scenarios reached the goal of theirs than of those held out by chance, "
            "all scenarios together until the month's end, each weighted by how sure it is."
        ),
        source=_("Enrolments and what reaches the goals of scenarios, in the log"),
        counted=CUSTOMERS,
        todo=_("Let a scenario hold out a share of its customers until each arm has 30 whose time is over."),
    ),
    Entry(
        key="offers",
        group=LOYALTY,
        unit="share",
        label=_("Offers used"),
        meaning=_(
            "Of the customers to whom an offer was made in the 60 days before the month's end, the share who used or "
            "took one."
        ),
        source=_("Offers made, taken and redeemed, in the log"),
        counted=CUSTOMERS,
        todo=_("Make an offer to customers, by a scenario or on their page, and redeem it at the till."),
    ),
    Entry(
        key="satisfied",
        group=EXPERIENCE,
        unit="share",
        label=_("Satisfied customers"),
        meaning=_("Of the answers about satisfaction, the share with 4 or 5 of 5."),
        source=SURVEY_LOG,
        counted=ANSWERS,
        todo=_("Open a survey of satisfaction (CSAT) and send it after visits."),
        aim=0.85,
    ),
    Entry(
        key="ease",
        group=EXPERIENCE,
        unit="share",
        label=_("Found it easy"),
        meaning=_("Of the answers to “how easy was it” (CES), the share with 6 or 7 of 7."),
        source=SURVEY_LOG,
        counted=ANSWERS,
        todo=_("Open a survey of ease (CES) and send it after cases and orders."),
    ),
    Entry(
        key="safe",
        group=EXPERIENCE,
        unit="share",
        label=_("Felt safe"),
        meaning=_("Of the answers to “I feel that my data is safe here”, the share with the two best marks."),
        source=RESPONSES,
        counted=ANSWERS,
        todo=_("Open the survey “How personal was the service”: it asks for it."),
        aim=0.90,
    ),
    Entry(
        key="fast",
        group=EXPERIENCE,
        unit="share",
        label=_("Felt it was fast"),
        meaning=_("Of the answers to “All of it went fast”, the share with the two best marks."),
        source=RESPONSES,
        counted=ANSWERS,
        todo=_("Open the survey “How personal was the service”: it asks for it."),
        aim=0.90,
    ),
    Entry(
        key="services_automatic",
        group=MACHINES,
        unit="share",
        label=_("Requests settled automatically"),
        meaning=_("Of the cases opened in the month and settled by its end, the share for which no staff was needed."),
        source=_("Cases resolved, in the log"),
        counted=CASES,
        todo=_("Send the cases of your other systems to the log as case_opened, case_answered and case_resolved."),
        aim=0.60,
    ),
    Entry(
        key="answers_automatic",
        group=MACHINES,
        unit="share",
        label=_("Answers given automatically"),
        meaning=_(
            "Of the cases opened in the month and answered by its end, "
            "the share to which a machine gave the first answer."
        ),
        source=_("Cases answered, in the log"),
        counted=CASES,
        todo=_("Send the cases of your other systems to the log as case_opened, case_answered and case_resolved."),
        aim=0.60,
    ),
    Entry(
        key="forecast",
        group=MACHINES,
        unit="share",
        label=_("Purchase behaviour foreseen rightly"),
        meaning=_(
            "Of the customers who bought in the year before, the share of whom it was foreseen rightly whether they "
            "would buy in the month."
        ),
        source=_("Purchases in the log, held back"),
        counted=CUSTOMERS,
        todo=_("It needs three whole months and 100 customers who bought before the month."),
        aim=0.80,
    ),
)
BY_KEY = {entry.key: entry for entry in ENTRIES}
