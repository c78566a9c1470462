"""How long an import of customers takes, from the file to traits and columns, against a bare COPY of the same rows.

    python benchmarks/import_customers.py [--rows 100000]

The command `mijoz import customers` runs on a scratch server that keeps the settings of a real one, with a file of
names, phones, e-mails, birth dates and addresses. What it wrote is then copied out, its tables are emptied, and one
COPY for each brings the rows back into the same tables with their indexes, keys, checks and triggers.
Prints both times and their ratio, and how long the second import and the audit take.
Ends with 1 when the import takes over MOST_SECONDS.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_SECONDS = 60.0
TABLES = {  # in the order in which their keys allow them
    "events_identity": "id, kind, account, value, created_at",
    "customers_customer": "id, last_name, first_name, patronymic, phone, email, language, gender, birth_on, birthday, "
    "address, city, number, search_key, created_at",
    "customers_ownership": "identity_id, customer_id, home_id, since, is_shared",
    "customers_profile": "customer_id, favourite_services",
    "customers_trait": "id, identity_id, source_id, name, value, original, trouble, told_at, told_by",
    "events_event": "id, source_id, message_id, type, identity_id, occurred_at, reference, item, branch, channel, "
    "currency, payload",
}
FAMILIES = "Karimov Toʻrayev Yusupov Aliyev Saidov Rahimov Qodirov Nazarov Ismoilov Xolmatov".split()  # noqa: SIM905
GIVEN = "Anvar Malika Sobir Nilufar Jasur Dilnoza Bobur Gulnora Otabek Zarina".split()  # noqa: SIM905
HEADINGS = ["ID", "Familiya", "Ism", "Otasining ismi", "Telefon", "E-pochta", "Tugʻilgan sana", "Manzil", "Shahar"]


def make_file(path: Path, *, rows: int) -> None:
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            phone = f"9{chance.randrange(10)} {chance.randrange(1000):03} {chance.randrange(100):02} {number % 100:02}"
            born = f"{1 + chance.randrange(28):02}.{1 + chance.randrange(12):02}.{1950 + chance.randrange(58)}"
            father = f"{chance.choice(GIVEN)} o'g'li"
            writer.writerow(
                [f"C{number}", chance.choice(FAMILIES), chance.choice(GIVEN), father, phone, f"c{number}@mail.uz", born,
                 f"Chilonzor {number % 90}-uy", "Toshkent sh."]
            )  # fmt: skip


def command(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "mijoz.cli", *arguments, "--json"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def bare_copy(folder: Path) -> float:
    """Seconds in which COPY brings the rows of TABLES back into their emptied tables."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            command = f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT csv)"
            with (folder / table).open("wb") as file, cursor.copy(command) as copy:
                for block in copy:
                    file.write(block)
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("CHECKPOINT")
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            command = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
            with (folder / table).open("rb") as file, cursor.copy(command) as copy:
                while block := file.read(1024 * 1024):
                    copy.write(block)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    scratch_server = importlib.import_module("import").scratch_server
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-file-") as name, scratch_server():
        folder = Path(name)
        file = folder / "customers.csv"
        make_file(file, rows=chosen.rows)
        first = command("import", "customers", str(file), "--source", "crm")
        again = command("import", "customers", str(file), "--source", "crm")
        started = time.perf_counter()
        command("audit")
        audited = time.perf_counter() - started
        copied = bare_copy(folder)
    print(f"{chosen.rows} rows: import {first['seconds']:.1f} s, bare COPY of what it wrote {copied:.1f} s")
    print(f"ratio {first['seconds'] / copied:.2f}; the same file again {again['seconds']:.1f} s; audit {audited:.1f} s")
    return int(first["seconds"] > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
