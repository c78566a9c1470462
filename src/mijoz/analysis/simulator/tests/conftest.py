"""One business of each sector, drawn once for all tests."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from mijoz.analysis.simulator import SECTORS, SimulatedBusiness, simulate

UNTIL = date(2026, 6, 30)


@cache
def business_of(sector: str) -> SimulatedBusiness:
    return simulate(sector=sector, customers=1_000, months=12, seed=7, until=UNTIL)


@pytest.fixture(params=SECTORS)
def business(request: pytest.FixtureRequest) -> SimulatedBusiness:
    return business_of(request.param)


@pytest.fixture(scope="session")
def restaurant() -> SimulatedBusiness:
    return business_of("restaurant")


@pytest.fixture(scope="session")
def clinic() -> SimulatedBusiness:
    return business_of("clinic")
