"""How long a page of 50 customers takes at the server with a million customers in the table.

    python benchmarks/customer_page.py [--customers 1000000] [--rounds 15]

Fills a scratch database of the embedded server, asks Django's test client for the pages a manager opens, and prints
the median in milliseconds and the number of queries of each. Ends with 1 when a median is above 100 ms or when the
number of queries depends on the page's rows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
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
    "revenue and language, by name": {"revenue_from": 1_000_000, "language": "uz", "sort": "name"},
    "five filters": {
        "language": "uz",
        "contact": "phone",
        "consent": "given",
        "bought_within": 90,
        "purchases_from": 5,
    },
}

LAST = "Karimov Yuldashev Roʻziyev Abdullayev Xasanov Toʻxtayev Saidov Rahimov Ergashev Nazarov Mirzayev Usmonov Qodirov " \
       "Юсупов Хўжаев Ғафуров Сатторов Ёқубов Бердиев Турсунов Исмоилов Алиев Петров Иванов Ким Цой Шарипов Холматов"  # fmt: skip
FIRST = "Aziz Dilshod Jasur Sherzod Bobur Oʻktam Otabek Alisher Rustam Sardor Жамшид Ўктам Баҳодир Нодир Фарҳод Анвар Сергей Андрей"  # fmt: skip
CUSTOMERS = """
    INSERT INTO customers_customer (last_name, first_name, patronymic, phone, email, language, number, search_key)
    SELECT last_name, first_name, patronymic, phone, email, language, n::text,
           ' ' || last_key || ' ' || first_key || ' ' || patronymic_key || CASE WHEN phone <> '' THEN ' ' || substr(phone, 2) ELSE '' END
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


def connect(folder: Path) -> None:
    """Set Django up on a scratch database of its own server in `folder`."""
    os.environ["MIJOZ_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
    from mijoz.config.embedded import EmbeddedServer, create_database

    EmbeddedServer(folder / "postgres", throw_away=True).hold()
    create_database(folder / "postgres", "mijoz")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def fill(customers: int) -> None:
    """Customers with profiles and answers about marketing, the same in every run."""
    from django.db import connection

    from mijoz.customers.names import fold

    last, first = LAST.split(), FIRST.split()
    given = {
        "customers": customers, "last": last, "last_keys": [fold(name) for name in last], "lasts": len(last),
        "first": first, "first_keys": [fold(name) for name in first], "firsts": len(first),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, given)
        cursor.execute(PROFILES, {})
        cursor.execute(CONSENTS, {})
        cursor.execute("VACUUM ANALYZE")


def measure(rounds: int) -> list[tuple[str, float, int, int]]:
    """Name, median in ms, number of queries and of rows of each page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from mijoz.business.models import Business, Role, StaffMember

    Business.objects.create(pk=1, name="Benchmark", started_as="empty")
    client = Client()
    client.force_login(StaffMember.objects.create_user(email=AGENT, role=Role.OWNER, name="Owner"))
    figures = []
    for name, query in PAGES.items():
        address = f"{reverse('customers:list')}?{urlencode(query)}"
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert page.status_code == 200, (name, page.status_code)
        taken = [timed(client, address) for _ in range(rounds)]
        figures.append((name, statistics.median(taken), len(captured), page.content.count(b"<tr data-href")))
    return figures


def timed(client: Any, address: str) -> float:
    start = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as folder:
        connect(Path(folder))
        fill(chosen.customers)
        figures = measure(chosen.rounds)
    print(f"{'page of customers':34} {'median ms':>10} {'queries':>8} {'rows':>5}")
    for name, milliseconds, queries, rows in figures:
        print(f"{name:34} {milliseconds:10.1f} {queries:8} {rows:5}{'  too slow' if milliseconds > LIMIT_MS else ''}")
    return int(any(milliseconds > LIMIT_MS for _, milliseconds, _, _ in figures))


if __name__ == "__main__":
    sys.exit(main())
