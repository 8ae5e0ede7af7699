"""Read local copies of benchmark items in place of the hub's, with the hub's fields.

Before: `.jsonl` or `.csv` files below `$MODELGAP_DATASETS`, as their publishers hand them out. After: the splits an
lm-eval task asks for, as `datasets.Dataset`s in memory.

A `dataset.local` that is a file holds the items asked; other splits stand beside it, their names beginning with the
split's (`train_first8.jsonl`). One that is a directory holds `<split>/<subject>.csv` (or `<subject>_<split>.csv`).
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import CollectError

if TYPE_CHECKING:
    from datasets import Dataset

SUFFIXES = (".jsonl", ".csv")


def find_splits(local: Path, subject: str | None, splits: Iterable[str], evaluated: str) -> dict[str, str]:
    """Return the file of each split that has one below `local`.

    Raises CollectError naming the places looked at where the evaluated split has none.
    """
    found = {}
    for split in splits:
        for path in _candidates(local, subject, split, evaluated):
            if path.is_file():
                found[split] = str(path)
                break
    if evaluated not in found:
        looked = ", ".join(str(path) for path in _candidates(local, subject, evaluated, evaluated))
        raise CollectError(
            f"{local}: no local copy of split '{evaluated}'{f' of {subject}' if subject else ''}; looked for {looked}. "
            "Put the publisher's file there, or unset MODELGAP_DATASETS to use the hub."
        )
    return found


def _candidates(local: Path, subject: str | None, split: str, evaluated: str) -> list[Path]:
    if local.suffix in SUFFIXES:
        return [local] if split == evaluated else sorted(local.parent.glob(f"{split}*{local.suffix}"))
    names = [f"{subject}", f"{subject}_{split}"] if subject else [split]
    folder = local / split if subject else local
    return [folder / f"{name}{suffix}" for name in names for suffix in SUFFIXES]


def read_splits(files: Mapping[str, str], hub: str | None = None, **_: Any) -> "dict[str, Dataset]":
    """Return the rows of each split's file, with the fields of the hub's copy `hub`.

    This is the `custom_dataset` of tasks that read a local copy; lm-eval passes the task's metadata too, unused.
    """
    from datasets import Dataset

    adapt = ADAPTERS.get(hub or "", dict)
    splits = {}
    for split, name in files.items():
        rows = [adapt(row) for row in _read_rows(Path(name))]
        if not rows:
            raise CollectError(f"{name}: a local copy holds no items; got 0 rows. Put the publisher's file there.")
        splits[split] = Dataset.from_list(rows)
    return splits


def _read_rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{name: value for name, value in row.items() if name} for row in csv.DictReader(file)]
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            rows.append(_parse_line(line, f"{path}:{number}"))
    return rows


def _parse_line(line: str, where: str) -> dict[str, Any]:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise CollectError(
            f"{where}: a line is not JSON; got {line[:60]!r} ({error.msg}). Fetch the file again."
        ) from error


def _adapt_gaokao_cloze(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the hub copy's fields: AGIEval's zero-shot prompt for Chinese cloze questions, and the answer."""
    return {"query": f"{row.get('passage') or ''}问题：{row['question']}\n答案：", "answer": row["answer"]}


ADAPTERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "hails/agieval-gaokao-mathcloze": _adapt_gaokao_cloze,
}
