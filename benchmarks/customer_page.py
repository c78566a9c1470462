"""How long a page of 50 customers, and the page of one, take at the server with a million customers in the table.

    python benchmarks/customer_page.py [--customers 1000000] [--lines 3000000] [--rounds 15]

Fills a scratch database of the embedded server with customers, their segments and their purchase lines, asks
Django's test client for the pages a manager opens, and prints the median in milliseconds and the number of queries
of each. Ends with 1 when a median is above 100 ms or when pages of one kind differ in their number of queries.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

LIMIT_MS = 100.0
AGENT = "owner@example.uz"
PAGES: dict[str, dict[str, Any]] = {
    "default": {},
    "sorted by revenue": {"sort": "-revenue"},
    "sorted by revenue, least first": {"sort": "revenue"},
    "sorted by purchases": {"sort": "-purchases"},
    "sorted by name": {"sort": "name"},
    "deep page": {"sort": "-revenue", "page": 200},
    "deep page by name": {"sort": "name", "page": 200},
    "searched, Latin": {"q": "Yuldashev"},
    "searched, Cyrillic": {"q": "Ўктам Рўзиев"},
    "searched, nobody": {"q": "Brzezinski"},
    "searched, two letters": {"q": "Al"},
    "searched, phone": {"q": "+998 90 123 45 67"},
    "searched, by revenue": {"q": "Karimova", "sort": "-revenue"},
    "rare language": {"language": "en"},
    "language and e-mail": {"language": "ru", "contact": "email", "sort": "name"},
    "no contact": {"contact": "none"},
    "without a phone, by name": {"contact": "no_phone", "sort": "name"},
    "consent given": {"consent": "given"},
    "consent refused": {"consent": "refused", "sort": "-revenue"},
    "never asked": {"consent": "unasked", "sort": "name"},
    "bought in 30 days": {"bought_within": 30},
    "away for a year, by revenue": {"away_for": 365, "sort": "-revenue"},
    "purchases from 60": {"purchases_from": 60, "sort": "name"},
    "revenue from 20 million": {"revenue_from": 20_000_000},
    "segment": {"segment": "at_risk"},
    "segment, by name": {"segment": "regular", "sort": "name"},
    "revenue and language, by name": {"revenue_from": 1_000_000, "language": "uz", "sort": "name"},
    "five filters": {
        "language": "uz",
        "contact": "phone",
        "consent": "given",
        "bought_within": 90,
        "purchases_from": 5,
    },
}

SUGGESTIONS = {"suggestions": "Yuldashev", "suggestions, one letter": "k", "suggestions, phone": "90 123"}

LAST = (
    "Karimov Yuldashev Roʻziyev Abdullayev Xasanov Toʻxtayev Saidov Rahimov Ergashev Nazarov Mirzayev Usmonov Qodirov "
    "Юсупов Хўжаев Ғафуров Сатторов Ёқубов Бердиев Турсунов Исмоилов Алиев Петров Иванов Ким Цой Шарипов Холматов"
)
FIRST = (
    "Aziz Dilshod Jasur Sherzod Bobur Oʻktam Otabek Alisher Rustam Sardor Жамшид Ўктам Баҳодир Нодир Фарҳод Анвар "
    "Сергей Андрей"
)
CUSTOMERS = """
    INSERT INTO customers_customer (last_name, first_name, patronymic, phone, email, language, number, search_key)
    SELECT last_name, first_name, patronymic, phone, email, language, n::text,
           ' ' || last_key || ' ' || first_key || ' ' || patronymic_key
               || CASE WHEN phone <> '' THEN ' ' || substr(phone, 2) ELSE '' END
               || CASE WHEN email <> '' THEN ' ' || email ELSE '' END || ' ' || n
    FROM (
        SELECT n,
               (%(last)s::text[])[1 + a %% %(lasts)s] || CASE WHEN a %% 2 = 0 THEN 'a' ELSE '' END AS last_name,
               (%(last_keys)s::text[])[1 + a %% %(lasts)s] || CASE WHEN a %% 2 = 0 THEN 'a' ELSE '' END AS last_key,
               (%(first)s::text[])[1 + b %% %(firsts)s] AS first_name,
               (%(first_keys)s::text[])[1 + b %% %(firsts)s] AS first_key,
               (%(first)s::text[])[1 + b / 100 %% %(firsts)s] || 'ovich' AS patronymic,
               (%(first_keys)s::text[])[1 + b / 100 %% %(firsts)s] || 'avich' AS patronymic_key,
               CASE WHEN c %% 10 < 9 THEN '+9989' || lpad((c %% 100000000)::text, 8, '0') ELSE '' END AS phone,
               CASE WHEN c %% 7 = 0 THEN 'customer' || n || '@mail.uz' ELSE '' END AS email,
               CASE WHEN c %% 200 = 0 THEN 'en' WHEN c %% 3 = 0 THEN 'ru' ELSE 'uz' END AS language
        FROM (
            SELECT n, abs(hashint8(n)::bigint) AS a, abs(hashint8(n * 7 + 1)::bigint) AS b,
                   abs(hashint8(n * 13 + 5)::bigint) AS c
            FROM generate_series(1, %(customers)s) n
        ) drawn
    ) told
"""
PROFILES = """
    INSERT INTO customers_profile (
        customer_id, first_purchase_at, last_purchase_at, purchases, purchase_lines, revenue, favourite_services
    )
    SELECT id, CASE WHEN bought > 0 THEN now() - make_interval(days => 900) END,
           CASE WHEN bought > 0 THEN now() - make_interval(secs => d %% 70000000) END,
           bought, bought * 2, bought * (20000 + d %% 400000), '{}'
    FROM (
        SELECT id, abs(hashint8(id * 17 + 3)::bigint) AS d,
               floor(-12 * ln(greatest(abs(hashint8(id * 19 + 7)::bigint) / 2147483648.0, 1e-9)))::integer AS bought
        FROM customers_customer
    ) drawn
"""
CONSENTS = """
    INSERT INTO customers_consent (customer_id, purpose, granted, answered_at, proof, given_through)
    SELECT id, 'marketing', e %% 10 < 7, now(), 'form', 'import'
    FROM (SELECT id, abs(hashint8(id * 23 + 11)::bigint) AS e FROM customers_customer) drawn WHERE e %% 5 < 4
"""

IDENTITIES = """
    WITH made AS (
        INSERT INTO events_identity (kind, account, value)
        SELECT 'customer_number', 'till', number FROM customers_customer RETURNING id, value
    )
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT made.id, customers_customer.id, customers_customer.id
    FROM made JOIN customers_customer ON number = made.value
"""
SOURCE = "INSERT INTO events_source (name, origins) VALUES ('till', '[]') RETURNING id"
LINES = """
    INSERT INTO events_event (
        source_id, message_id, type, identity_id, occurred_at, reference, item, quantity, amount, currency, channel
    )
    SELECT %(source)s, n::text, 'purchase_line', o.identity_id,
           now() - make_interval(days => 900) + make_interval(secs => (77760000.0 * n / %(lines)s)::integer),
           (n / 3)::text, 'Service ' || n %% 40, 1, 20000 + n %% 400000, 'UZS', 'walk_in'
    FROM generate_series(1, %(lines)s) n
    JOIN customers_ownership o ON o.customer_id = 2 + abs(hashint8(n / 3)::bigint) %% (%(customers)s - 1)
"""
ONE_WITH_MANY = """
    INSERT INTO events_event (
        source_id, message_id, type, identity_id, occurred_at, reference, item, quantity, amount, currency
    )
    SELECT %(source)s, 'many/' || n, 'purchase_line', o.identity_id, now() - make_interval(hours => n / 10),
           'many/' || n / 10, 'Service ' || n %% 40, 1, 1000, 'UZS'
    FROM generate_series(1, 10000) n JOIN customers_ownership o ON o.customer_id = 1
"""


def connect(folder: Path) -> Any:
    """Set Django up on a scratch database of its own server in `folder`; returns the server."""
    os.environ["MIJOZ_DATA_DIR"] = str(folder)
    os.environ["MIJOZ_LANGUAGE"] = "en"
    os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
    from mijoz.config.embedded import EmbeddedServer, create_database

    server = EmbeddedServer(folder / "postgres", throw_away=True)
    server.hold()
    create_database(folder / "postgres", "mijoz")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return server


def fill(customers: int, lines: int) -> None:
    """Customers with profiles, answers about marketing, segments and purchase lines, the same in every run."""
    from django.db import connection
    from django.utils import timezone

    from mijoz.customers.names import fold
    from mijoz.segments import actions

    last, first = LAST.split(), FIRST.split()
    given = {
        "customers": customers, "last": last, "last_keys": [fold(name) for name in last], "lasts": len(last),
        "first": first, "first_keys": [fold(name) for name in first], "firsts": len(first), "lines": lines,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, given)
        cursor.execute(PROFILES, {})
        cursor.execute(CONSENTS, {})
        cursor.execute(IDENTITIES, {})
        cursor.execute(SOURCE)
        given["source"] = cursor.fetchone()[0]
        cursor.execute(LINES, given)
        cursor.execute(ONE_WITH_MANY, given)
        cursor.execute("VACUUM ANALYZE customers_customer, customers_profile, customers_ownership, events_event")
    actions.install_defaults(at=timezone.now())
    actions.refresh(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    kind: str
    milliseconds: float  # the median
    least_milliseconds: float
    queries: int
    rows: int


def measure(rounds: int) -> list[Figure]:
    """Median and number of queries of each page."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from mijoz.business.models import Business, Role, StaffMember
    from mijoz.customers.models import Ownership

    settings.ALLOWED_HOSTS = ["testserver"]
    Business.objects.create(pk=1, name="Benchmark", started_as="empty")
    client = Client()
    client.force_login(StaffMember.objects.create_user(email=AGENT, role=Role.OWNER, name="Owner"))
    few = Ownership.objects.filter(customer__gt=1, identity__event__type="purchase_line").order_by("customer")[0]
    listing, suggestions = reverse("customers:list"), reverse("customers:suggestions")
    asked = [
        (name, "list by segment" if "segment" in query else "list", f"{listing}?{urlencode(query)}")
        for name, query in PAGES.items()
    ]
    asked += [(name, "suggestions", f"{suggestions}?{urlencode({'q': text})}") for name, text in SUGGESTIONS.items()]
    asked += [
        ("customer with 10,000 lines", "customer", reverse("customers:detail", args=[1])),
        ("customer with a few lines", "customer", reverse("customers:detail", args=[few.customer_id])),
    ]
    return [look(client, *page, rounds=rounds) for page in asked]


def look(client: Any, name: str, kind: str, address: str, *, rounds: int) -> Figure:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    queries = len(captured)  # the next request forgets them
    assert page.status_code == 200, (name, page.status_code)
    taken = [timed(client, address) for _ in range(rounds)]
    rows = page.content.count(b"<tr data-href") or page.content.count(b"mj-suggestion-title")
    return Figure(name, kind, statistics.median(taken), min(taken), queries, rows)


def timed(client: Any, address: str) -> float:
    start = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - start) * 1000


def uneven(figures: list[Figure]) -> list[str]:
    """The kinds of page whose number of queries is not the same for all that show somebody."""
    counts = {
        kind: {one.queries for one in figures if one.kind == kind and one.rows} for kind in ("list", "suggestions")
    }
    counts["customer"] = {one.queries for one in figures if one.kind == "customer"}
    return [f"{kind}: {sorted(numbers)}" for kind, numbers in counts.items() if len(numbers) > 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as folder:
        server = connect(Path(folder))
        try:
            fill(chosen.customers, chosen.lines)
            figures = measure(chosen.rounds)
        finally:
            server.release()
    print(f"{'page':34} {'median ms':>10} {'least ms':>9} {'queries':>8} {'rows':>5}")
    for one in figures:
        slow = "  too slow" if one.milliseconds > LIMIT_MS else ""
        times = f"{one.milliseconds:10.1f} {one.least_milliseconds:9.1f}"
        print(f"{one.name:34} {times} {one.queries:8} {one.rows:5}{slow}")
    for kind in uneven(figures):
        print(f"not the same number of queries on every page, {kind}")
    return int(bool(uneven(figures)) or any(one.milliseconds > LIMIT_MS for one in figures))


if __name__ == "__main__":
    sys.exit(main())
