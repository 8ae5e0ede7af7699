"""Cohorts: named filters over models, between any two of which a gap is measured.

Before: a cohort's text, such as `domestic`, `domestic+open+10b` or `qwen`, and models as mappings. After: which of the
models belong to it. Baselines belong to none: they are no part of the field.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from collectors.errors import UsageError
from collectors.registry_checks import find_closest

BLOCS = ("domestic", "frontier", "other")
WORDS = (*BLOCS, "all", "open", "closed")
FORMS = (
    "join with '+': domestic, frontier, other, all, open, closed, 10b (at most), 1usd (at most), a developer's id, "
    "a name of registry/cohorts.yaml"
)
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)b$")
_PRICE = re.compile(r"^(\d+(?:\.\d+)?)usd$")
Filter = Callable[[dict], bool]


@dataclass(frozen=True)
class Cohort:
    """A cohort by its canonical text; a model belongs where every term of it holds."""

    text: str
    filters: tuple[Filter, ...]

    def select(self, models: Sequence[dict]) -> list[bool]:
        """Return for each model whether it belongs.

        A model is a mapping with bloc, developer, is_open_weights, params_b and output_usd_per_1m. One whose size,
        price or licence is not known belongs to no cohort that asks for it.
        """
        return [model["bloc"] != "baseline" and all(holds(model) for holds in self.filters) for model in models]


def parse_cohort(text: str, developers: Collection[str], named: Mapping[str, str] | None = None) -> Cohort:
    """Return the cohort that `text` names. Raises UsageError naming the term that is none, and what there is.

    `named` gives the terms of the cohorts that have a name of their own (registry/cohorts.yaml).
    Example: `domestic+open+10b` are domestic models with open weights and at most 10 billion parameters.
    """
    named = named or {}
    terms = [part for term in split_terms(text) for part in (split_terms(named[term]) if term in named else [term])]
    if not terms:
        raise UsageError(f"cohort: is empty; got {text!r}. Give terms, {FORMS}.")
    known = (*WORDS, *named, *developers)
    return Cohort("+".join(dict.fromkeys(terms)), tuple(_parse_term(term, developers, known) for term in terms))


def rank_terms(text: str) -> tuple[int, float]:
    """Return a cohort's place among others: those without a tier first, then sizes, then prices, the least first."""
    tiers = [
        (place, float(found[1]))
        for term in split_terms(text)
        for place, pattern in enumerate((_SIZE, _PRICE), start=1)
        if (found := pattern.match(term))
    ]
    return max(tiers, default=(0, 0.0))


def split_terms(text: str) -> list[str]:
    """Return the terms of a cohort that was written with `+`, commas or blanks between them, in small letters."""
    return [term for term in re.split(r"[+,\s]+", text.strip().lower()) if term]


def _parse_term(term: str, developers: Collection[str], known: Collection[str]) -> Filter:
    if term in BLOCS:
        return lambda model: model["bloc"] == term
    if term == "all":
        return lambda model: True
    if term in ("open", "closed"):
        return lambda model: model["is_open_weights"] is (term == "open")
    for pattern, field in ((_SIZE, "params_b"), (_PRICE, "output_usd_per_1m")):
        if found := pattern.match(term):
            limit = float(found[1])
            return lambda model: model[field] is not None and model[field] <= limit
    if term in developers:
        return lambda model: model["developer"] == term
    raise UsageError(f"cohort: no such term; got {term!r}{find_closest(term, known)}. Terms, {FORMS}.")
