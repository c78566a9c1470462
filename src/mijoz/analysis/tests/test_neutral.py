"""The numbers are written in expressions that every back end of Narwhals has, so none may be named in them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ANALYSIS = Path(__file__).resolve().parents[1]
BACK_ENDS = {"polars", "pandas", "pyarrow", "pyspark", "duckdb", "ibis"}
FILES = sorted([*ANALYSIS.glob("*.py"), *(ANALYSIS / "kpis").glob("*.py")])


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ANALYSIS)) for file in FILES])
def test_no_back_end_is_named(file: Path) -> None:
    assert imported(file.read_text(encoding="utf-8")) & BACK_ENDS == set()


def test_the_check_sees_an_import() -> None:
    assert imported("def f():\n    from polars.series import Series") & BACK_ENDS == {"polars"}
