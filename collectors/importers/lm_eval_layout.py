"""Look things up in a document of lm-eval results, whatever its version, without trusting its shape.

Before: the parsed JSON of `results*.json`. After: tasks and groups, their cells of metric and filter, and the parts of
the protocol; what a version does not write, or writes otherwise than it should, is None.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from collectors.errors import PayloadError
from collectors.importers.contract import read_count, read_number

KEPT = ("results", "groups", "group_subtasks", "versions", "n-shot", "higher_is_better", "n-samples", "task_hashes")
"""What lands beside the scores. Not the configuration: model arguments may hold a key, paths tell of a machine."""
_NO_METRIC = {"alias", "name", "samples", "sample_len", "sample_count", " ", ""}
_MODEL_ARGUMENTS = ("peft", "delta", "pretrained", "model", "path", "engine")

Named = TypeVar("Named")


@dataclass(frozen=True)
class Cell:
    """One number of one task, as written; `filter` is None in files from before there were filters."""

    key: str
    metric: str
    filter: str | None
    value: object
    stderr: float | None

    @property
    def number(self) -> float | None:
        """The value as a finite number, or None."""
        return read_number(self.value)


class Layout:
    """The document of one results file. Raises PayloadError where it has no results at all."""

    def __init__(self, document: object, name: str):
        results = document.get("results") if isinstance(document, dict) else None
        if not isinstance(results, dict) or not results:
            raise PayloadError(f"{name}: no lm-eval results in it; got {_list_keys(document)}. Check what it is.")
        self._document = document
        self._groups = {key: row for key, row in self._table("groups").items() if key not in results}
        self._results = {key: row for key, row in {**results, **self._groups}.items() if isinstance(row, dict)}

    @property
    def tasks(self) -> list[str]:
        """The names of tasks and groups that have a row."""
        return list(self._results)

    @property
    def version(self) -> str | None:
        """The version of lm-eval, which files say from 0.4.3 on."""
        version = self._document.get("lm_eval_version")
        return version if isinstance(version, str) else None

    @property
    def date(self) -> object:
        """When the run began, as written."""
        return self._document.get("date")

    @property
    def has_chat_template(self) -> bool | None:
        """Whether a chat template was applied; None in files that do not say."""
        return self._document["chat_template"] is not None if "chat_template" in self._document else None

    @cached_property
    def model(self) -> str | None:
        """The model's name: `model_name`, or what the model arguments name."""
        name = self._document.get("model_name")
        if isinstance(name, str) and name:
            return name
        arguments = self._table("config").get("model_args")
        if isinstance(arguments, str):
            arguments = dict(part.partition("=")[::2] for part in arguments.split(",") if "=" in part)
        if not isinstance(arguments, dict):
            return None
        return next((str(arguments[key]) for key in _MODEL_ARGUMENTS if arguments.get(key)), None)

    def read_cells(self, task: str) -> list[Cell]:
        """Return a task's numbers, standard errors joined to theirs; a group without an aggregate has none."""
        row = self._results[task]
        cells = []
        for key, value in row.items():
            metric, comma, filter_name = key.partition(",")
            if metric in _NO_METRIC or metric.endswith("_stderr"):
                continue
            stderr = row.get(f"{metric}_stderr{comma}{filter_name}")
            cells.append(Cell(key, metric, filter_name if comma else None, value, read_number(stderr)))
        return cells

    def list_groups_of(self, task: str) -> Iterator[str]:
        """Yield the groups that a task belongs to, the nearest first."""
        parents = {task}
        seen: set[str] = set()
        while parents:
            parents = {group for group, members in self._members.items() if parents & members} - seen
            seen |= parents
            yield from sorted(parents)

    def count_samples(self, task: str) -> int | None:
        """Return how many items the task's number rests on, those of its members where it is a group."""
        leaves = self._list_leaves(task)
        counts = [self._count(leaf) for leaf in leaves]
        return sum(counts) if all(count is not None for count in counts) else self._count(task)

    def find_limit(self, task: str) -> object:
        """Return the limit that was set on each task's items; None where it left none of them out."""
        limit = self._table("config").get("limit")
        counts = [self._table("n-samples").get(leaf) for leaf in self._list_leaves(task)]
        if all(isinstance(row, dict) and row.get("original") == row.get("effective") is not None for row in counts):
            return None
        return limit

    def count_shots(self, task: str) -> int | None:
        """Return the number of examples, where all members of the task have the same."""
        shots = {read_count(self._table("n-shot").get(leaf)) for leaf in self._list_leaves(task)}
        return shots.pop() if len(shots) == 1 else None

    def get_text(self, table: str, task: str) -> str | None:
        """Return what a table of the document says of a task, as text."""
        value = self._table(table).get(task)
        return None if isinstance(value, dict | list | None) else str(value)

    def get_generation(self, task: str) -> dict[str, object]:
        """Return the generation settings of a task, of a group those of its first member."""
        config = self._table("configs").get(self._list_leaves(task)[0])
        settings = config.get("generation_kwargs") if isinstance(config, dict) else None
        if not isinstance(settings, dict):
            return {}
        limit = settings.get("max_gen_toks")
        return {key: value for key, value in settings.items() if key != "max_gen_toks"} | (
            {"max_tokens": limit} if limit is not None else {}
        )

    def is_lower_better(self, task: str, metric: str) -> bool:
        """Say whether the file states that less of a metric is better."""
        row = self._table("higher_is_better").get(task)
        return isinstance(row, dict) and row.get(metric) is False

    def describe(self) -> dict:
        """Return what of the document lands beside the scores; null for what is no finite number."""
        return {key: _without_nan(self._document[key]) for key in KEPT if key in self._document}

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        rows = self._table("group_subtasks").items()
        return {group: {str(name) for name in names} for group, names in rows if isinstance(names, list)}

    def _list_leaves(self, task: str) -> list[str]:
        leaves, waiting, seen = [], [task], set()
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            members = self._members.get(name)
            if members:
                waiting += sorted(members)
            else:
                leaves.append(name)
        return leaves or [task]

    def _count(self, task: str) -> int | None:
        row = self._table("n-samples").get(task)
        effective = row.get("effective") if isinstance(row, dict) else None
        return read_count(effective if effective is not None else self._results.get(task, {}).get("sample_len"))

    def _table(self, name: str) -> dict:
        table = self._document.get(name)
        return table if isinstance(table, dict) else {}


def _without_nan(part: object) -> object:
    if isinstance(part, dict):
        return {key: _without_nan(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_without_nan(value) for value in part]
    return None if isinstance(part, float) and read_number(part) is None else part


def _list_keys(document: object) -> str:
    return ", ".join(map(str, list(document)[:5])) if isinstance(document, dict) else type(document).__name__


def choose_cell(cells: Sequence[Named], metrics: Sequence[str]) -> Named | None:
    """Return the cell of the first metric that is there; a bare metric means the only filter that it has.

    Cells are whatever has a `metric` and a `filter`.
    """
    for wanted in metrics:
        metric, comma, filter_name = wanted.partition(",")
        matches = [cell for cell in cells if cell.metric == metric]
        if comma:
            matches = [cell for cell in matches if (cell.filter or "") == filter_name]
        if len(matches) == 1:
            return matches[0]
    return None
