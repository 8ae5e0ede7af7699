"""Find the registered benchmark that another harness's task, or a hub's data set, means; never guess.

Before: a name as some log or card writes it, and `benchmark_names.yaml`, the names we know. After: the benchmark, and
which of the log's numbers is its score; or None and words that say what is near.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from collectors.importers.contract import Parsed
from collectors.registry_checks import find_closest
from collectors.registry_loader import Registry
from collectors.task_entries import Task

UNKNOWN_TASK = "task is not known as a benchmark"
OTHER_METRIC = "another metric stands for this benchmark"
Dialect = Literal["lm-eval", "open-llm-leaderboard-v1", "open-llm-leaderboard-v2", "helm", "inspect", "titles"]
_TABLE = Path(__file__).with_name("benchmark_names.yaml")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Meaning:
    """What a name means: a benchmark, the metrics that may stand as its score, best first, and the registered task."""

    benchmark: str
    metrics: tuple[str, ...] = ()
    task: str | None = None


class BenchmarkNames:
    """The names of one dialect, over those of a registry: an overlay's task or benchmark is known at once."""

    def __init__(self, registry: Registry, dialect: Dialect):
        table = _read_table()[dialect]
        self._known = {name: row for name, row in table.items() if row.benchmark in registry.benchmarks}
        if dialect == "lm-eval":
            self._known |= {task.lm_eval.task: _read_task(task) for task in registry.tasks.values()}
        if dialect == "titles":
            for benchmark in registry.benchmarks.values():
                self._known |= dict.fromkeys((benchmark.id, benchmark.name.en), Meaning(benchmark.id))
        self._loose = {_loosen(name): row for name, row in self._known.items()} if dialect == "titles" else {}

    def find(self, name: str) -> Meaning | None:
        """Return what a name means, or None. Titles are looked up without regard to case and punctuation."""
        return self._known.get(name) or self._loose.get(_loosen(name))

    def reject(self, parsed: Parsed, place: str, name: str, count: int = 1) -> None:
        """Count figures under a name that means no registered benchmark, with the nearest name that means one."""
        if count:
            parsed.reject(place, UNKNOWN_TASK, f"{name}{find_closest(name, self._known)}", count)


def says_nothing(name: str, title: str) -> bool:
    """Say whether a figure's own name adds nothing to its data set's title: then that title may speak for it.

    Names as these do not: "ARC-Easy" of `allenai/ai2_arc`, "anatomy" of `cais/mmlu`.
    """
    return _loosen(name) in ("", _loosen(title), _loosen(title.rpartition("/")[2]))


def _read_task(task: Task) -> Meaning:
    metric = task.lm_eval.metric
    # Files from before there were filters give the metric alone.
    return Meaning(task.benchmark, (f"{metric},{task.lm_eval.filter}", f"{metric},"), task.id)


def _loosen(name: str) -> str:
    return _SEPARATORS.sub("", name.casefold())


@cache
def _read_table() -> dict[str, dict[str, Meaning]]:
    document = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {
        dialect: {name: Meaning(row["benchmark"], tuple(row.get("metrics", ()))) for name, row in rows.items()}
        for dialect, rows in document.items()
    }
