"""What a template finds nowhere is shown as nothing, and breaks no page."""

from __future__ import annotations

import pytest
from django.template import Context, Template


@pytest.mark.parametrize("filters", ["number", "short_number", "share", "points", 'money:"UZS"', 'short_money:"UZS"'])
@pytest.mark.parametrize("context", [{}, {"kept": None}, {"kept": {"trial": None}}])
def test_what_is_not_there_is_a_dash(filters: str, context: dict[str, object]) -> None:
    assert Template("{{ kept.trial.value|%s }}" % filters).render(Context(context)) == "–"  # noqa: UP031
