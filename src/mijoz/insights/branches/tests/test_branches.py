"""The page of the branches, and pooled figures from a file: what fits is taken in, what does not is told why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mijoz.business.models import Branch, Business
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights import actions
from mijoz.insights.models import PooledFigure
from mijoz.insights.tests.conftest import AT, SignIn, from_the_lake

HEADING = "kpi,period,p25,median,p75,n\n"


def send(client: Client, text: str | bytes) -> tuple[int, str]:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("pooled.csv", content, content_type="text/csv")
    answer = client.post("/kpi/branches/pooled/", {"file": file}, follow=True)
    return answer.status_code, answer.content.decode()


@from_the_lake
def test_a_slow_branch_is_found_and_named(tea_house: Business, sign_in: SignIn) -> None:
    Branch.objects.create(code="markaz", name="Markaziy choyxona")
    record(
        [
            NewEvent(
                message_id=f"visit/{place}",
                type="visit",
                identity=("customer_number", "till", f"guest{place}"),
                occurred_at=AT - timedelta(days=place % 20),
                branch="markaz" if place % 2 else "sergeli",
                payload={"waited_minutes": (20 if place % 2 else 8) + place % 5, "took_minutes": 10},
            )
            for place in range(60)
        ],
        source="till",
    )
    customers.project()
    actions.compute(as_of=None, at=AT)
    manager = sign_in("manager")
    page = manager.get("/kpi/branches/?kpi=waiting_time").content.decode()
    assert page.index(">sergeli</a>") < page.index("Markaziy choyxona</a>")
    assert "Better" in page
    assert "Worse" in page
    assert manager.get("/kpi/branches/?kpi=revenue").status_code == 400
    assert manager.get("/kpi/branches/?kpi=waiting_time&month=may").status_code == 400
    assert "Nothing to compare" in manager.get("/kpi/branches/?kpi=nps").content.decode()
    status, page = send(manager, HEADING + "waiting_time,2026-03,5,8,10,40\n")
    assert (status, "Worst quarter" in page) == (200, True)


@pytest.mark.django_db
def test_a_file_twice_is_once_and_semicolons_do_as_well(business: Business, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    send(manager, HEADING + "nps,2026-03,-5,10,42.5,12\nsatisfaction,2026-03,4.1,4.3,4.6,12\n")
    send(manager, "﻿KPI;Period;P25;Median;P75;N\nnps;2026-03;-4;10,5;42;14\n")
    kept = PooledFigure.objects.order_by("name").values_list("name", "p25", "median", "n")
    assert list(kept) == [("nps", -4, 10.5, 14), ("satisfaction", 4.1, 4.3, 12)]
    manager.post("/kpi/branches/pooled/forget/")
    assert not PooledFigure.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("joy,2026-03,1,2,3,9", "There is no KPI “joy”"),
        ("nps,2026,1,2,3,9", "is not a month such as 2026-03"),
        ("nps,2026-03,x,2,3,9", "p25: “x” is not a number"),
        ("nps,2026-03,nan,2,3,9", "p25: “nan” is not a number"),
        ("nps,2026-03,3,2,1,9", "must not fall"),
        ("active_share,2026-03,40,50,60,9", "parts of one"),
        ("waiting_time,2026-03,-4,2,3,9", "never below zero"),
        ("nps,2026-03,1,2,3,2", "at least 4"),
        ("nps,2026-03,1,2,3,many", "at least 4"),
        ("nps,2026-03,1,2", "p75: “” is not a number"),
        ("=cmd()<script>,2026-03,1,2,3,9", "There is no KPI “=cmd()&lt;script&gt;”"),
    ],
)
def test_a_bad_row_is_refused_in_words_and_the_good_one_is_kept(
    business: Business, sign_in: SignIn, row: str, sentence: str
) -> None:
    status, page = send(sign_in("manager"), f"{HEADING}ease,2026-03,5,6,7,9\n{row}\n")
    assert (status, "Row 3" in page) == (400, True)
    assert sentence in page
    assert list(PooledFigure.objects.values_list("name", flat=True)) == ["ease"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a\0b", "not text in UTF-8"),
        (b"kpi,period\nnps,2026-03\n", "Missing: p25, median, p75, n"),
        (b"x" * 1_100_000, "larger than 1 MB"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_none_is_refused(business: Business, sign_in: SignIn, content: bytes, sentence: str) -> None:
    status, page = send(sign_in("manager"), content)
    assert (status, sentence in page) == (400, True)
    assert not PooledFigure.objects.exists()


@pytest.mark.django_db
def test_who_only_reads_imports_nothing(business: Business, sign_in: SignIn) -> None:
    status, _page = send(sign_in("analyst"), HEADING + "nps,2026-03,1,2,3,9\n")
    assert status == 403
    assert not PooledFigure.objects.exists()
