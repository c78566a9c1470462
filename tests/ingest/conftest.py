"""A running Mijoz with a source, and what of its tables the tests look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.installation import Installation, database, prepared_folder, running, wait_until


@dataclass
class Running:
    """A `mijoz start`, the write key of its source, and a connection to its database."""

    mijoz: Installation
    key: str
    database: psycopg.Connection[Any]

    def all(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.database.execute(query, parameters).fetchall()  # type: ignore[arg-type]

    def one(self, query: str, *parameters: Any) -> Any:
        """The only value of the only row."""
        return self.all(query, *parameters)[0][0]

    def wait_until_projected(self, *, seconds: float = 120) -> None:
        wait_until(lambda: not self.one("SELECT EXISTS (SELECT FROM events_touched)"), seconds=seconds)


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    with prepared_folder() as folder, running(folder) as mijoz, database(folder) as connection:
        made = mijoz.command("source", "add", "shop", "--json")
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        assert told.keys() == {"source", "write_key"}
        again = mijoz.command("source", "add", "shop", "--json")
        assert (again.returncode, again.stdout) == (1, "")
        assert "already" in again.stderr
        yield Running(mijoz, told["write_key"], connection)
