"""Import what lm-eval wrote, any version from 0.4.0 on: `results*.json` with its `samples_*.jsonl`, or one of our runs.

Before: a folder of results, or one file. After: one run a results file: a score for each task that the registry or
`benchmark_names.yaml` knows, and the marks of its items for pairing. A run that some installation of modelgap landed is
taken over as it stands, by `landed_runs`.
"""

import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, BenchmarkNames, Meaning
from collectors.importers.contract import Context, Parsed, Payload, RawFile
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.landed_runs import MAIN, RESULTS, collect_landed, is_landed, parse_landed
from collectors.importers.lm_eval_layout import Cell, Layout, choose_cell
from collectors.importers.lm_eval_samples import SampleFile, Summary, join_samples, shape_samples
from collectors.importers.log_figures import LogFigures, name_part, read_time
from collectors.importers.opening import read_json
from collectors.records import Protocol, Score

NOT_A_SCORE = "less of this metric is better"
_RESULTS = re.compile(r"^results.*\.json$|_\d{4}-\d{2}-\d{2}T[^/]*\.json$")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T[\d.:-]*\d")


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each results file below `place`, with the samples of the same moment; one file for a URL."""
    if place is None:
        raise PayloadError("import lm-eval: no place was given. Name the folder that `lm-eval run` wrote.")
    if is_url(place):
        return [fetcher.fetch(place)]
    found = _list_found(Path(place))
    landed = {str(PurePosixPath(name).parent) for name in found if is_landed(name, found)}
    results = [name for name in found if _is_results(name) and str(PurePosixPath(name).parent) not in landed]
    payloads = [collect_landed(folder, found, place, fetcher) for folder in sorted(landed)]
    payloads += [fetcher.keep([(n, found[n]) for n in (name, *_find_samples(name, found))], place) for name in results]
    if not payloads:
        raise PayloadError(f"{place}: no results*.json in it. Name the folder that `lm-eval run` wrote.")
    return payloads


def _list_found(place: Path) -> dict[str, Path]:
    """Return the files below a folder, or a file and what lies beside it that may belong to it."""
    if not place.is_file():
        return dict(list_files(str(place), lambda path: path.suffix in (".json", ".jsonl", ".parquet")))
    beside = [path for path in sorted(place.parent.iterdir()) if path.is_file()]
    if any(path.name == MAIN for path in beside) and place.name in (MAIN, RESULTS):
        return {path.name: path for path in beside}
    return {place.name: place} | {path.name: path for path in beside if path.suffix == ".jsonl"}


def _is_results(name: str) -> bool:
    return bool(_RESULTS.search(PurePosixPath(name).name))


def parse(payload: Payload, context: Context) -> Parsed:
    """Return a score for each task whose benchmark is known, the rest as rejects, and the items of those scores."""
    if PurePosixPath(payload.main.name).name == MAIN:
        return parse_landed(payload, context)
    document = read_json(payload.main)
    return parse_results(document, payload, context, BenchmarkNames(context.registry, "lm-eval"))


def parse_results(
    document: object, payload: Payload, context: Context, names: BenchmarkNames, **attribution: str
) -> Parsed:
    """Return what one document of lm-eval results says, and the samples among the payload's further files.

    `attribution` are `origin` and `reported_by` where the kind of document tells them.
    """
    layout = Layout(document, payload.main.name)
    figures = LogFigures(payload, context, logged_at=read_time(layout.date), **attribution)
    figures.parsed.lm_eval_version = layout.version
    figures.parsed.details = {"lm_eval": layout.describe()}
    scratch = Path(tempfile.mkdtemp())
    # The rows shaped there are landed from there, so that they live as long as what was parsed.
    weakref.finalize(figures.parsed, shutil.rmtree, scratch, ignore_errors=True)
    found = [
        _take_task(figures, payload, layout, name, names, scratch / f"{number}.parquet")
        for number, name in enumerate(layout.tasks)
    ]
    if any(found):
        figures.parsed.samples = join_samples([path for path in found if path])
    return figures.parsed


def _take_task(
    figures: LogFigures, payload: Payload, layout: Layout, name: str, names: BenchmarkNames, shaped: Path
) -> Path | None:
    """Take in the number that stands for a task, count its others as refused; return `shaped` where a score has it."""
    cells, place = layout.read_cells(name), f"{payload.main.name}:{name}"
    figures.parsed.n_rows += len(cells)
    known = _find_meaning(layout, name, names)
    if known is None:
        names.reject(figures.parsed, place, name, len(cells))
        return None
    chosen = choose_cell(cells, known.meaning.metrics)
    for cell in cells:
        if cell is not chosen:
            figures.parsed.reject(place, OTHER_METRIC, f"{name}: {cell.key}")
    if chosen is None:
        return None
    if layout.is_lower_better(name, chosen.metric):
        return figures.parsed.reject(place, NOT_A_SCORE, f"{name}: {chosen.key}")
    marks = _read_samples(payload.files[1:], known, chosen, shaped)
    return shaped if _offer(figures, payload, layout, known, chosen, marks) and marks else None


@dataclass(frozen=True)
class _Known:
    """A task of the file with what it means, and the task and subtask that it is filed under."""

    name: str
    meaning: Meaning
    task: str
    subtask: str | None


def _find_meaning(layout: Layout, name: str, names: BenchmarkNames) -> _Known | None:
    """Return what a task means, by itself or as a member of a group that has a meaning."""
    for group in (name, *layout.list_groups_of(name)):
        meaning = names.find(group)
        if meaning:
            member = None if group == name else name.removeprefix(group).lstrip("_:")
            return _Known(name, meaning, meaning.task or group, name_part(member, layout.find_limit(name)))
    return None


def _offer(
    figures: LogFigures, payload: Payload, layout: Layout, known: _Known, cell: Cell, marks: Summary | None
) -> Score | None:
    stderr, fields = cell.stderr, {}
    # What the marks say counts only where they are those of the score.
    if marks and abs(marks.mean - (cell.number or 0)) < 1e-6:
        stderr = marks.stderr if stderr is None else stderr
        fields = {
            "coverage": 1 - marks.n_empty / marks.n_items,
            "score_answered_only": marks.mean_answered,
            "stderr_answered_only": marks.stderr_answered or None,
            "n_failed": marks.n_empty,
            "notes": f"{marks.n_empty} answers were empty; lm-eval counted them as wrong" if marks.n_empty else None,
        }
    return figures.offer(
        f"{payload.main.name}:{known.name}",
        layout.model or "",
        cell.value,
        _make_protocol(layout, known, cell),
        stderr=stderr,
        n_samples=layout.count_samples(known.name) or (marks.n_items if marks else None),
        task=known.task,
        subtask=known.subtask,
        **fields,
    )


def _make_protocol(layout: Layout, known: _Known, cell: Cell) -> Protocol:
    return Protocol(
        benchmark=known.meaning.benchmark,
        metric=cell.metric,
        harness="lm-eval",
        lm_eval_version=layout.version,
        task=known.name,
        task_version=layout.get_text("versions", known.name),
        task_hash=layout.get_text("task_hashes", known.name),
        filter=cell.filter,
        n_shot=layout.count_shots(known.name),
        generation=layout.get_generation(known.name),
        chat_template=layout.has_chat_template,
    )


def _find_samples(results: str, found: Mapping[str, Path]) -> Iterator[str]:
    """Yield the names of the sample files beside a results file, those of its time where its name has one."""
    folder, moment = PurePosixPath(results).parent, _TIME.search(PurePosixPath(results).name)
    for name in found:
        if PurePosixPath(name).parent == folder and name.endswith(".jsonl") and (not moment or moment[0] in name):
            yield name


def _read_samples(files: Sequence[RawFile], known: _Known, cell: Cell, shaped: Path) -> Summary | None:
    """Return what the file of a task's samples says, its rows written to `shaped`; None without one, or if unsound.

    Versions before 0.4.3 name no filter: where a task has several, the rows of one cannot be told from another's, and
    are no items.
    """
    for file in files:
        stem = _TIME.sub("", PurePosixPath(file.name).stem).rstrip("_")
        if stem == f"samples_{known.name}" or (stem.endswith(f"_{known.name}") and not stem.startswith("samples_")):
            summary = shape_samples(SampleFile(file, known.task, known.subtask, cell.metric, cell.filter), shaped)
            return summary if summary.is_sound else None
    return None
