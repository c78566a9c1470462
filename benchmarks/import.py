"""How long an import takes from the file to profiles and log, against a bare COPY of the same rows.

    python benchmarks/import.py [FILE] [--preset online-retail] [--rows 541909] [--times 3]

The command `mijoz import purchases` runs on a scratch server that keeps the settings of a real one. Its rows are then
copied out, the log is emptied, and one COPY brings them back into the same table with its indexes, keys and checks.
Without FILE one like the retail file is made. Prints both times, their ratio, and the most memory that the importing
process had; ends with 1 when the middle ratio of all times is over LIMIT or the memory over MOST_MEMORY.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

LIMIT = 4.0
MOST_MEMORY = 1024**3  # bytes
TABLES = "events_event, events_touched, events_identity, customers_customer, customers_importrun"
COLUMNS = """
    source_id, message_id, type, identity_id, occurred_at, reference, item, quantity, amount, discount, currency,
    branch, channel, payload
"""
HEADINGS = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
IMPORTER = """
import resource, sys
from mijoz.cli import main
try:
    main()
finally:
    peaks = [resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(peaks), file=sys.stderr)
"""


@dataclass(frozen=True)
class Measured:
    """One import and one COPY: seconds of the whole command, of the import in it, of the COPY; peak memory in bytes."""

    command: float
    imported: float
    copied: float
    memory: int


@contextmanager
def scratch_server() -> Iterator[None]:
    """Set Django up on a database of a server of its own, as durable as a real one; remove both at the end."""
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as folder:
        os.environ["MIJOZ_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
        from mijoz.config.embedded import EmbeddedServer, create_database

        server = EmbeddedServer(Path(folder) / "postgres")
        server.hold()
        try:
            create_database(server.folder, "mijoz")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield
        finally:
            server.release()


def make_file(path: Path, *, rows: int) -> None:
    """Invoices of a shop, like the retail file: 21 lines each, every fourth one by nobody known, some refunds."""
    chance = random.Random(1)
    items = [
        (f"{10_000 + place}", f"SERVICE NUMBER {place} OF OUR HOUSE", 50 + 37 * place % 2_000) for place in range(4_000)
    ]
    at = datetime(2025, 1, 1, 8)
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=6) as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        written, invoice = 0, 500_000
        while written < rows:
            invoice += 1
            at += timedelta(seconds=chance.randrange(2_400))
            customer = "" if chance.random() < 0.25 else 10_000 + int(4_400 * chance.random() ** 2)
            is_refund = chance.random() < 0.15
            for _line in range(min(rows - written, 1 + chance.randrange(3 if is_refund else 48))):
                code, name, pence = chance.choice(items)
                quantity = 1 + chance.randrange(24)
                number = f"C{invoice}" if is_refund else f"{invoice}"
                price = f"{pence / 100:.2f}"
                writer.writerow(
                    [number, code, name, -quantity if is_refund else quantity, at, price, customer, "Uzbekistan"]
                )
                written += 1


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")
        cursor.execute("CHECKPOINT")


def run_import(file: Path, *, preset: str) -> tuple[float, dict[str, float], int]:
    """Seconds of the whole command, the figures it printed, and its peak memory in bytes."""
    started = time.perf_counter()
    command = [sys.executable, "-c", IMPORTER, "import", "purchases", str(file), "--preset", preset, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, json.loads(done.stdout), int(done.stderr.split()[-1])


def bare_copy(folder: Path) -> float:
    """Seconds of one COPY of the log's rows into the emptied log."""
    from django.db import connection, transaction

    lines = folder / "rows.csv"
    with connection.cursor() as cursor, lines.open("wb") as file:
        with cursor.copy(f"COPY (SELECT {COLUMNS} FROM events_event ORDER BY id) TO STDOUT (FORMAT csv)") as copy:
            for block in copy:
                file.write(block)
        cursor.execute("TRUNCATE events_event")
        cursor.execute("CHECKPOINT")
    started = time.perf_counter()
    command = f"COPY events_event ({COLUMNS}) FROM STDIN (FORMAT csv)"
    with transaction.atomic(), connection.cursor() as cursor, lines.open("rb") as file, cursor.copy(command) as copy:
        while block := file.read(1024 * 1024):
            copy.write(block)
    return time.perf_counter() - started


def measure(file: Path, folder: Path, *, preset: str) -> Measured:
    empty()
    command, figures, memory = run_import(file, preset=preset)
    return Measured(command, figures["seconds"], bare_copy(folder), memory)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--preset", default="online-retail")
    parser.add_argument("--rows", type=int, default=541_909)
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mijoz-benchmark-file-"))
    try:
        file = chosen.file
        if file is None:
            file = folder / "purchases.csv.gz"
            make_file(file, rows=chosen.rows)
        with scratch_server():
            print(f"{'':6} {'command s':>10} {'import s':>10} {'COPY s':>10} {'ratio':>8} {'memory MiB':>12}")
            all_measured = []
            for number in range(1, chosen.times + 1):
                each = measure(file, folder, preset=chosen.preset)
                all_measured.append(each)
                print(
                    f"{number:<6} {each.command:10.2f} {each.imported:10.2f} {each.copied:10.2f} "
                    f"{each.imported / each.copied:8.2f} {each.memory / 1024**2:12.0f}",
                    flush=True,
                )
    finally:
        shutil.rmtree(folder)
    ratio = statistics.median(each.imported / each.copied for each in all_measured)
    memory = max(each.memory for each in all_measured)
    print(f"import in {ratio:.2f} times the bare COPY (at most {LIMIT:.0f}), {memory / 1024**2:.0f} MiB")
    return int(ratio > LIMIT or memory > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
