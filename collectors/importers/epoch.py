"""The rules for Epoch AI's files that their importers share; they are those of collectors/published/README.md.

Before: a served name, a reference, a number as Epoch prints them. After: the registered model, origin and reporter, the
plain accuracy.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from collectors.efforts import split_effort
from collectors.importers.contract import Context
from collectors.registry_loader import Registry

EPOCH = "Epoch evaluations"
UNNAMED = "not named in Epoch AI's index file"
CHANCE = {
    "anli": 1 / 3,
    "arc-challenge": 1 / 4,
    "bbh": 1 / 4,
    "gpqa-diamond": 1 / 4,
    "hellaswag": 1 / 4,
    "hle": 0.048,
    "mmlu": 1 / 4,
    "openbookqa": 1 / 4,
    "otis-mock-aime": 0.001,
    "piqa": 1 / 2,
    "simplebench": 1 / 6,
    "surface-evolver-bench": 0.2,
    "winogrande": 1 / 2,
}
"""What guessing scores on the tests that the index file prints corrected for chance."""
_OTHER_NAMES = {
    "arcai2": "arc-challenge",
    "factoriolearningenvironment": "factorio-learning-environment",
    "otismockaime20242025": "otis-mock-aime",
    "swebenchbashonly": "swe-bench-verified-bash-only",
    "terminalbench": "terminal-bench-2.0",
}
_MONTH = re.compile(r"\((jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{4})\)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def find_benchmark(name: str, registry: Registry) -> str | None:
    """Return the registered benchmark that Epoch calls `name`, or None."""
    key = _squeeze(name)
    found = _name_benchmarks(tuple((b.id, b.name.en) for b in registry.benchmarks.values())).get(key)
    other = _OTHER_NAMES.get(key)
    return other if other in registry.benchmarks else found


def find_model(version: str, context: Context, *, group: str = "", released: date | None = None) -> str | None:
    """Return the model of a served name, its effort set aside, or None.

    A name that serves several versions (`gemini-2.5-pro`) means the one that the row itself names in `group` (Gemini
    2.5 Pro (Jun 2025)), where a version of that name is registered that came out on the row's day.
    """
    found = context.names.find(version) or context.names.find(split_effort(version)[0])
    named = context.names.find(group) or context.names.find(_spell_month(group))
    if found and named and named.startswith(f"{found}-") and context.registry.models[named].release_date == released:
        return named
    return found


def undo_chance(benchmark: str, printed: float) -> tuple[float, str | None, bool]:
    """Return plain accuracy, a note, and whether it is only an upper bound, for a number of the index file.

    With guessing at c, Epoch prints (score - c) / (1 - c); figures below chance are cut off at 0.
    """
    chance = CHANCE.get(benchmark)
    if chance is None:
        return round(printed, 6), None, False
    score = round(printed * (1 - chance) + chance, 6)
    if printed == 0:
        note = "printed as 0 after correction for chance: at or below chance, so the score is an upper bound"
        return score, note, True
    return score, "printed corrected for chance", False


def attribute(reference: str, model: str, *, unnamed: str = UNNAMED) -> dict[str, str | None]:
    """Return origin, reporter_relation and reported_by of a figure of `model` that Epoch takes from `reference`."""
    title = reference.strip()
    if not title or _begins(title, _read_references()["independent"]):
        names = {"": unnamed, EPOCH: "Epoch AI"}
        return {"origin": "independent", "reporter_relation": None, "reported_by": names.get(title, title)}
    for developer, titles in _read_references()["vendor"].items():
        if _begins(title, titles):
            relation = "own" if model.partition("/")[0] == developer else "competitor"
            return {"origin": "vendor", "reporter_relation": relation, "reported_by": title}
    if any(word in title.lower() for word in _read_references()["vendor_words"]):
        return {"origin": "vendor", "reporter_relation": "unclassified", "reported_by": title}
    return {"origin": "leaderboard", "reporter_relation": None, "reported_by": title}


@cache
def _read_references() -> Mapping:
    return yaml.safe_load((Path(__file__).parent / "epoch_references.yaml").read_text(encoding="utf-8"))


@cache
def _name_benchmarks(names: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {_squeeze(name): benchmark for benchmark, english in names for name in (english, benchmark)}


def _begins(title: str, beginnings: list[str]) -> bool:
    return any(title.lower().startswith(beginning.lower()) for beginning in beginnings)


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _spell_month(group: str) -> str:
    found = _MONTH.search(group)
    if not found:
        return group
    names = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
    month = names[_MONTHS.index(found[1].lower())]
    return f"{group[: found.start()]}({month} {found[2]})"
