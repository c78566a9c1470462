"""Reading a file's rows in tests, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from mijoz.customers.importing.mapping import Mapping, suggest_mapping
from mijoz.customers.importing.purchases import Chunk, read
from mijoz.customers.importing.shape import FileFormat, FileShape
from mijoz.customers.importing.sniff import FOUND_OUT, inspect

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent
ZONE = "Asia/Tashkent"
HEADINGS = "date,receipt,customer,item,quantity,amount\n"
COLUMNS = {
    "date": "date",
    "reference": "receipt",
    "customer": "customer",
    "item": "item",
    "quantity": "quantity",
    "amount": "amount",
}


def write(folder: Path, content: str | bytes, name: str = "purchases.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def chunks_of(
    path: Path, mapping: Mapping | None = None, *, told: FileFormat = FOUND_OUT, chunk_bytes: int = 1 << 20
) -> list[Chunk]:
    shape = inspect(path, told)
    return list(
        read(
            shape,
            mapping or suggest_mapping(shape),
            source="till",
            now=AT,
            zone=ZONE,
            currency="UZS",
            chunk_bytes=chunk_bytes,
        )
    )


def events_of(path: Path, mapping: Mapping | None = None, **options: Any) -> list[dict[str, Any]]:
    return pl.concat([chunk.events for chunk in chunks_of(path, mapping, **options)]).to_dicts()


def rejects_of(path: Path, mapping: Mapping | None = None, **options: Any) -> list[tuple[int, str, str]]:
    """Row, column and code of what cannot be used."""
    rejects = pl.concat([chunk.rejects for chunk in chunks_of(path, mapping, **options)])
    return rejects.select("row", "column", "code").rows()


def shape_of(folder: Path, content: str | bytes, name: str = "purchases.csv") -> FileShape:
    return inspect(write(folder, content, name))
