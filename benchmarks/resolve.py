"""How long a business with very many customers waits for its records: import, search for duplicates, audit, lists.

    python benchmarks/resolve.py [--customers 1000000]

People with planted duplicates (see matching.py) are written to a file, brought in by `mijoz import customers`,
searched by `mijoz resolve`, listed by `mijoz export identities`, searched once more and audited by `mijoz audit`, each
a process of its own, on a scratch server that keeps the settings of a real one. Prints seconds and the most memory of
each and of PostgreSQL meanwhile, how right what was merged is, and how many milliseconds the lists of what the audit
found take. Ends with 1 when a process takes over MOST_GIB or a list over MOST_MS.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mijoz.analysis.simulator.duplicates import people_with_duplicates

MOST_GIB = 4.0
MOST_MS = 100.0
SEED = 11
ROUNDS = 7
HEADINGS = {
    "record": "ID",
    "last_name": "Familiya",
    "first_name": "Ism",
    "patronymic": "Otasining ismi",
    "phone": "Telefon",
    "email": "E-pochta",
    "birth": "Tugʻilgan sana",
    "address": "Manzil",
    "city": "Shahar",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command printed, how long it took, and the most memory it and PostgreSQL held."""

    figures: dict[str, object]
    seconds: float
    gib: float
    postgres_gib: float


class PeakOfPostgres:
    """The most private memory of all server processes together, looked at five times a second."""

    def __init__(self, folder: Path) -> None:
        self.parent = int((folder / "postgres" / "tables" / "postmaster.pid").read_text().split()[0])
        self.most = 0
        self.ended = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakOfPostgres:
        self.watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.watcher.join()

    def _watch(self) -> None:
        while not self.ended.wait(0.2):
            children = Path(f"/proc/{self.parent}/task/{self.parent}/children")
            numbers = children.read_text().split() if children.exists() else []
            self.most = max(self.most, sum(_private(number) for number in numbers))


def _private(number: str) -> int:
    """Bytes of a process without what it shares with others; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def command(*arguments: str) -> Ran:
    """Run `mijoz` with these arguments; what it prints is one JSON object."""
    folder = Path(os.environ["MIJOZ_DATA_DIR"])
    started = time.perf_counter()
    with PeakOfPostgres(folder) as postgres, tempfile.TemporaryFile("w+") as printed:
        child = subprocess.Popen([sys.executable, "-m", "mijoz.cli", *arguments, "--json"], stdout=printed)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"mijoz {' '.join(arguments)} ended with {child.returncode}")
        printed.seek(0)
        figures = json.load(printed)
    ran = Ran(figures, time.perf_counter() - started, used.ru_maxrss / 1024**2, postgres.most / 1024**3)
    told = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    memory = f"{ran.gib:5.2f} GiB  PostgreSQL {ran.postgres_gib:5.2f} GiB"
    print(f"mijoz {arguments[0]:<8} {ran.seconds:8.1f} s  {memory}  {told}", flush=True)
    return ran


def write(people: pl.DataFrame, file: Path) -> None:
    """The people as the export of another system has them, a row for each record."""
    told = people.with_columns(
        phone=pl.col("phones").list.first(),
        email=pl.col("emails").list.first(),
        birth=pl.when(pl.col("birth") != "").then("birth").otherwise("birthday"),
    )
    told.select(pl.col(name).alias(heading) for name, heading in HEADINGS.items()).write_csv(file)


def right(people: pl.DataFrame, identities: Path) -> dict[str, float]:
    """Precision and recall over all pairs of records that lead to one customer."""
    person = dict(people.select(pl.col("record").cast(pl.String), "person").iter_rows())
    with identities.open(encoding="utf-8-sig", newline="") as file:
        customer = {
            row["source_record"]: row["customer"] for row in csv.DictReader(file) if row["source_record"] in person
        }
    made = _pairs(Counter(customer.values()))
    correct = _pairs(Counter((who, person[record]) for record, who in customer.items()))
    true = _pairs(Counter(person.values()))
    return {"precision": round(correct / max(made, 1), 4), "recall": round(correct / max(true, 1), 4)}


def _pairs(counted: Counter[object]) -> int:
    return sum(count * (count - 1) // 2 for count in counted.values())


def lists() -> dict[str, float]:
    """Milliseconds of the list of customers by what the audit found, and of the pages of the findings; the middle of
    ROUNDS."""
    from django.test import Client
    from django.urls import reverse

    from mijoz.business.models import Role, StaffMember
    from mijoz.customers.audit.findings import FINDINGS

    owner = StaffMember.objects.create(email="owner@example.uz", role=Role.OWNER)
    client = Client(HTTP_HOST="localhost")
    client.force_login(owner)
    values = ["good", "fair", "poor", *FINDINGS]
    customers = reverse("customers:list")
    pages = {f"list, {value}": f"{customers}?record={value}" for value in values}
    pages |= {f"list by name, {value}": f"{customers}?record={value}&sort=name" for value in values}
    pages |= {f"to fix, {code}": reverse("customers:audit_finding", args=[code]) for code in FINDINGS}
    return {name: _milliseconds(client, address) for name, address in pages.items()}


def _milliseconds(client: object, address: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = client.get(address)  # type: ignore[attr-defined]
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return statistics.median(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    chosen = parser.parse_args()
    scratch_server = importlib.import_module("import").scratch_server
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-file-") as name, scratch_server():
        file, identities = Path(name, "people.csv"), Path(name, "identities.csv")
        people = people_with_duplicates(chosen.customers, seed=SEED)
        write(people, file)
        ran = [command("import", "customers", str(file), "--source", "till"), command("resolve")]
        command("export", "identities", str(identities))
        print(right(people, identities), flush=True)
        ran += [command("resolve"), command("audit")]
        taken = lists()
    for page, milliseconds in taken.items():
        print(f"{page:<32} {milliseconds:8.1f} ms")
    return int(max(each.gib for each in ran) > MOST_GIB or max(taken.values()) > MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
