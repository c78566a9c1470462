"""The global control group: so many of a hundred customers get no marketing scenario for a while.

Who is in it is told by a hash of the period and the customer, so that it changes with each period, needs no list, and
can be checked by anybody afterwards.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import md5
from typing import Any

from mijoz.business.models import Business, ControlPeriod
from mijoz.business.queries import business as current_business

POSITIONS = 2**32
# SQL of whether `customer`, a column of ours, is in the group now; see `parameters`.
IN_CONTROL = """
    (%(control_share)s > 0 AND ('x' || substr(md5(%(control_period)s || ':' || {customer}::text), 1, 8))
        ::bit(32)::bigint::double precision / 4294967296 < %(control_share)s)
"""


def period_of(at: datetime, company: Business) -> str:
    """The name of the period in which `at` lies, such as control/2026-Q2, by the business's calendar."""
    day = at.astimezone(company.zone).date()
    quarter = (day.month + 2) // 3
    name = {
        ControlPeriod.MONTH.value: f"{day:%Y-%m}",
        ControlPeriod.QUARTER.value: f"{day.year}-Q{quarter}",
        ControlPeriod.YEAR.value: f"{day.year}",
    }[company.control_period]
    return f"control/{name}"


def parameters(at: datetime) -> dict[str, Any]:
    """What IN_CONTROL needs."""
    company = current_business()
    return {"control_share": company.control_percent / 100, "control_period": period_of(at, company)}


def is_in_control(customer_id: int, at: datetime, company: Business) -> bool:
    """Whether the customer gets no marketing scenario at `at`."""
    digest = md5(f"{period_of(at, company)}:{customer_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) / POSITIONS < company.control_percent / 100
