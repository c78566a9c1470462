"""A file like the retail file, the same in every run: invoices of some lines, refunds, gifts, strangers."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

HEADINGS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def lines_of_a_shop(*, lines: int, seed: int = 1, customers: int = 400) -> list[str]:
    chance = random.Random(seed)
    at = datetime(2025, 1, 1, 8)
    written: list[str] = []
    invoice = 536_364
    while len(written) < lines:
        invoice += 1
        at += timedelta(seconds=chance.randrange(9_000))
        customer = "" if chance.random() < 0.2 else f"{12_000 + int(customers * chance.random() ** 2)}"
        is_refund = chance.random() < 0.1
        for _line in range(min(lines - len(written), 1 + chance.randrange(12))):
            item = chance.randrange(300)
            price = 0 if chance.random() < 0.02 else (50 + 37 * item) / 100
            quantity = -1 if is_refund else 1 + chance.randrange(12)
            number = f"C{invoice}" if is_refund else f"{invoice}"
            written.append(f"{number},{item},ITEM {item},{quantity},{at},{price:.2f},{customer},United Kingdom")
    return written


def save_shop(path: Path, *, lines: int, seed: int = 1) -> Path:
    path.write_text("\n".join([HEADINGS, *lines_of_a_shop(lines=lines, seed=seed), ""]), encoding="utf-8")
    return path
