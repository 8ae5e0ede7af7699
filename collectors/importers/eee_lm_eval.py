"""Read which results of an Every Eval Ever record of lm-eval are scores: by the tasks' names, never by their data sets.

Before: results as lm-eval's converter names them, `task` or `task/filter`, the metric in words. After: of each known
task the one result that is its score, with what it means; its others apart; unknown tasks as they came.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from collectors.importers.benchmark_names import BenchmarkNames, Meaning
from collectors.importers.eee_results import Result
from collectors.importers.lm_eval_layout import choose_cell

_LIBRARIES = {"lm-eval", "lm-evaluation-harness", "lm-eval-harness"}
_DESCRIPTION = re.compile(r"(\S+)(?: \(filter: .+\))?")
"""What the converter writes of a metric: `acc`, `exact_match (filter: strict-match)`."""


def is_of_lm_eval(library: Mapping) -> bool:
    """Say whether the library that a record names is lm-eval."""
    return str(library.get("name")).lower().replace("_", "-") in _LIBRARIES


def pick_scores(results: Sequence[Result], names: BenchmarkNames) -> tuple[list[Result], list[Result]]:
    """Return the results that may be scores, those of known tasks with their meaning, and the known tasks' others."""
    kept: list[Result] = []
    others: list[Result] = []
    by_task: dict[str, list[Result]] = {}
    for result in map(_split, results):
        by_task.setdefault(result.task or result.name, []).append(result)
    for task, rows in by_task.items():
        meaning = names.find(task)
        if meaning is None:
            kept += [replace(row, task=None, filter=None) for row in rows]
            continue
        chosen = choose_cell(rows, meaning.metrics) or _find_only(rows, meaning)
        kept += [replace(row, meaning=meaning) for row in rows if row is chosen]
        others += [row for row in rows if row is not chosen]
    return kept, others


def _split(result: Result) -> Result:
    task, _, name = result.name.partition("/")
    described = _DESCRIPTION.fullmatch(result.description)
    metric = described[1] if described else result.metric
    return replace(result, task=task, filter=name or "none", metric=metric)


def _find_only(rows: Sequence[Result], meaning: Meaning) -> Result | None:
    """Return a task's only result where it names no filter and its metric is one that may stand as the score."""
    metrics = {metric.partition(",")[0] for metric in meaning.metrics}
    return rows[0] if len(rows) == 1 and rows[0].filter == "none" and rows[0].metric in metrics else None
