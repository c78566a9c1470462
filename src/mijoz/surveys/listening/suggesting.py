"""Which themes a passage may speak of: from the themes' example words, and from what was coded already.

Suggestions are only shown. Whoever codes as the second, blind, sees none: they come from what the first one saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log1p

from django.db.models import Count, Min

from mijoz.analysis.learning.stems import found_in
from mijoz.analysis.learning.themes import Learned, Skill, learn
from mijoz.surveys.listening import queries
from mijoz.surveys.listening.models import Passage, Reading, Theme

A_TENTH = log1p(0.1)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Why a theme may be there: the words that were found, the probability that was learned with its precision."""

    words: tuple[str, ...] = ()
    probability: float | None = None
    skill: Skill | None = None


def suggestions(passage: Passage) -> dict[str, Suggestion]:
    """By theme's key why it may be there; themes for which nothing speaks are left out."""
    themes = list(queries.themes())
    named = found_in(passage.said, {theme.key: theme.examples for theme in themes})
    learned = lessons()
    likely = learned.suggest([passage.said])[0] if learned else {}
    return {
        theme.key: Suggestion(
            tuple(named.get(theme.key, ())),
            likely.get(theme.key),
            learned.skills.get(theme.key) if learned and theme.key in likely else None,
        )
        for theme in themes
        if theme.key in named or theme.key in likely
    }


def lessons() -> Learned | None:
    """What was learned from all that is coded now; None when the packages for learning are not installed."""
    read = Reading.objects.aggregate(n=Count("pk"), first=Min("pk"))
    try:
        return _learned(round(log1p(read["n"]) / A_TENTH), read["first"] or 0, Theme.objects.count())
    except ImportError:
        return None


@lru_cache(maxsize=1)
def _learned(tenths: int, first: int, themes: int) -> Learned:
    """Learned anew whenever a tenth more was coded; kept by the process in between."""
    held = queries.held()
    keys = [theme.key for theme in queries.themes()]
    return learn([one.passage.said for one in held], {key: [key in one.tones for one in held] for key in keys})
