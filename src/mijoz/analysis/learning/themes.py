"""Learning from what was coded which themes a new passage may speak of.

A multinomial naive Bayes for each theme (theme or not) on beginnings, middles and ends of words (character 2- to
5-grams within words, weighted by tf-idf), so that Uzbek in both alphabets, Russian and English need no lexicon of ours.
How good it is, is found by cross-validation on passages that it did not learn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mijoz.analysis.intervals import Estimate, share

Floats = NDArray[np.float64]

FEWEST = 8  # passages with and without the theme; below nothing is learned
FOLDS = 5
LIKELY = 0.5
MOST_PASSAGES = 3_000  # learned from, the latest
SEED = 5


@dataclass(frozen=True, slots=True)
class Skill:
    """Of a theme: passages with it, how many were suggested in cross-validation, and which share of those was right
    (`precision`) and which share of the passages with it was found (`recall`)."""

    examples: int
    suggested: int
    precision: Estimate
    recall: Estimate


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: by theme its skill, and the models that `suggest` asks."""

    passages: int
    skills: Mapping[str, Skill]
    letters: Any
    models: Mapping[str, Any]

    def suggest(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text the themes that are likely there, each with its probability."""
        found: list[dict[str, float]] = [{} for _text in texts]
        if not self.models or not texts:
            return found
        counted = self.letters.transform(texts)
        for theme, model in self.models.items():
            for place, probability in enumerate(_likely(model, counted)):
                if probability >= LIKELY:
                    found[place][theme] = float(probability)
        return found


def learn(texts: Sequence[str], themes: Mapping[str, Sequence[bool]]) -> Learned:
    """Learn from coded passages: `themes` says of each text whether it has the theme.

    Themes with fewer than FEWEST passages with or without them are left out. Raises ImportError without scikit-learn.
    """
    texts = list(texts)[-MOST_PASSAGES:]
    answers = {theme: np.asarray(list(has)[-MOST_PASSAGES:], dtype=bool) for theme, has in themes.items()}
    taught = {theme: has for theme, has in answers.items() if min(has.sum(), (~has).sum()) >= FEWEST}
    if not taught:
        return Learned(len(texts), {}, None, {})
    guessed = _guessed_unseen(texts, taught)
    letters = _letters()
    counted = letters.fit_transform(texts)
    models = {theme: _model().fit(counted, has) for theme, has in taught.items()}
    return Learned(len(texts), {theme: _skill(taught[theme], guessed[theme]) for theme in taught}, letters, models)


def _letters() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=True, min_df=2, max_features=20_000)


def _model() -> Any:
    from sklearn.naive_bayes import MultinomialNB

    return MultinomialNB(alpha=0.1)


def _likely(model: Any, counted: Any) -> Floats:
    """The probability of the theme in each text; 0 where the model never saw it."""
    place = list(model.classes_).index(True) if True in model.classes_ else None
    return np.zeros(counted.shape[0]) if place is None else np.asarray(model.predict_proba(counted)[:, place])


def _guessed_unseen(texts: Sequence[str], taught: Mapping[str, NDArray[np.bool_]]) -> dict[str, NDArray[np.bool_]]:
    """What is suggested for each text by models that have not seen it. The letters, too, are learned in each fold."""
    from sklearn.model_selection import KFold

    guessed = {theme: np.zeros(len(texts), dtype=bool) for theme in taught}
    told = np.asarray(texts, dtype=object)
    for known, fresh in KFold(n_splits=FOLDS, shuffle=True, random_state=SEED).split(told):
        letters = _letters()
        counted, unseen = letters.fit_transform(told[known]), letters.transform(told[fresh])
        for theme, has in taught.items():
            guessed[theme][fresh] = _likely(_model().fit(counted, has[known]), unseen) >= LIKELY
    return guessed


def _skill(has: NDArray[np.bool_], said: NDArray[np.bool_]) -> Skill:
    right = int((said & has).sum())
    return Skill(
        examples=int(has.sum()),
        suggested=int(said.sum()),
        precision=share(right, int(said.sum())),
        recall=share(right, int(has.sum())),
    )
