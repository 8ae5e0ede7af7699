"""Import HELM run folders: `run_spec.json`, `stats.json` and, where it is there, `per_instance_stats.json`.

Before: a folder with one folder a run, each of one scenario and model. After: the score of the scenario's metric; with
instances, its standard error and their marks. HELM's own spread is over repeated trials, which is no standard error.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import pyarrow as pa

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, BenchmarkNames, Meaning
from collectors.importers.contract import Context, Parsed, Payload, RawFile, read_count, read_number
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.inspect_logs import make_doc_id, read_mark
from collectors.importers.log_figures import LogFigures, name_part
from collectors.importers.opening import read_json
from collectors.records import SAMPLES, Outcome, Protocol

SPEC, STATS, INSTANCES = "run_spec.json", "stats.json", "per_instance_stats.json"
OWN_SAMPLE = 1000
"""HELM's own boards rest on up to so many instances of a scenario: fewer are a part of it."""
_SPLITS = ("test", "valid")
_PARTS = ("subject", "level", "subset", "dataset", "task")
_MODEL = ("model", "model_deployment")


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each run folder below `place`."""
    if place is None or is_url(place):
        raise PayloadError(f"import helm: a run is a folder of files; got {place!r}. Name a folder of runs.")
    found = dict(list_files(place, lambda path: path.name in (SPEC, STATS, INSTANCES)))
    if Path(place).is_file():
        raise PayloadError(f"{place}: a run is a folder of files; got a file. Name its folder.")
    payloads = []
    for name in found:
        path = PurePosixPath(name)
        beside = [str(path.with_name(other)) for other in (SPEC, STATS, INSTANCES)]
        if path.name == SPEC and beside[1] in found:
            payloads.append(fetcher.keep([(other, found[other]) for other in beside if other in found], place))
    return payloads


def parse(payload: Payload, context: Context) -> Parsed:
    """Return the figure that stands for the run's benchmark; the other statistics of the run are counted as rejects."""
    spec, stats = read_json(payload.main), read_json(payload.files[1])
    if not isinstance(spec, dict) or not isinstance(spec.get("name"), str) or not isinstance(stats, list):
        raise PayloadError(f"{payload.main.name}: no HELM run; it has no name or no statistics. Check what it is.")
    figures = LogFigures(payload, context)
    figures.parsed.n_rows = len(stats)
    figures.parsed.details = {"run_spec": spec["name"]}
    scenario, arguments = _split_name(spec["name"])
    names = BenchmarkNames(context.registry, "helm")
    meaning, told = _find_meaning(names, scenario, arguments)
    if meaning is None:
        names.reject(figures.parsed, payload.main.name, scenario, len(stats))
        return figures.parsed
    chosen = _choose(stats, meaning)
    others = len(stats) - (chosen is not None)
    if others:
        figures.parsed.reject(payload.files[1].name, OTHER_METRIC, f"{scenario}: HELM's other statistics", others)
    if chosen is not None:
        parts = [value for key, value in arguments.items() if key in _PARTS and key != told and value != "all"]
        _take(figures, payload, spec, meaning, chosen, stats, "/".join(parts) or None)
    return figures.parsed


def _take(
    figures: LogFigures, payload: Payload, spec: Mapping, meaning: Meaning, chosen: Mapping, stats: Sequence,
    part: str | None,
) -> None:  # fmt: skip
    adapter = spec.get("adapter_spec") if isinstance(spec.get("adapter_spec"), dict) else {}
    metric, split = _name_stat(chosen)
    marks = _read_marks(payload.files[2], metric, split) if len(payload.files) > 2 else {}
    name = str(adapter.get("model") or "")
    n_samples = len(marks) or _count_instances(stats, split)
    limit, n_all = read_number(adapter.get("max_eval_instances")), sum(_count_instances(stats, s) or 0 for s in _SPLITS)
    is_part = limit is not None and limit < OWN_SAMPLE and n_all >= limit
    subtask = name_part(part, limit if is_part else None)
    score = figures.offer(
        payload.files[1].name,
        name,
        chosen.get("mean"),
        _make_protocol(spec, adapter, meaning, metric),
        stderr=_estimate_stderr(marks, chosen.get("mean")),
        # HELM names who made a model before its own name.
        model=figures.find_model(name, name.partition("/")[2]),
        task=_split_name(spec["name"])[0],
        subtask=subtask,
        n_samples=n_samples,
    )
    if score and marks:
        figures.parsed.samples = _tabulate(marks, score.task, subtask)


def _make_protocol(spec: Mapping, adapter: Mapping, meaning: Meaning, metric: str) -> Protocol:
    scenario, arguments = _split_name(spec["name"])
    told = ",".join(f"{key}={value}" for key, value in arguments.items() if key not in _MODEL)
    settings = {key: adapter.get(key) for key in ("method", "temperature", "max_tokens")}
    return Protocol(
        benchmark=meaning.benchmark,
        metric=metric,
        harness="helm",
        task=f"{scenario}:{told}".rstrip(":"),
        n_shot=read_count(adapter.get("max_train_instances")),
        generation={key: value for key, value in settings.items() if isinstance(value, str | int | float)},
    )


def _split_name(name: str) -> tuple[str, dict[str, str]]:
    """Return scenario and arguments of a run's name. Example: `mmlu:subject=law,model=openai_gpt2`."""
    scenario, _, rest = name.partition(":")
    if not rest:
        scenario, _, rest = name.partition(",")
    pairs = (part.partition("=") for part in rest.split(",") if "=" in part)
    return scenario, {key.strip(): value for key, _, value in pairs}


def _find_meaning(names: BenchmarkNames, scenario: str, arguments: Mapping) -> tuple[Meaning | None, str | None]:
    """Return what a scenario means, by an argument that says which benchmark it is, or else by itself."""
    for key, value in arguments.items():
        meaning = names.find(f"{scenario}:{key}={value}")
        if meaning:
            return meaning, key
    return names.find(scenario), None


def _choose(stats: Sequence, meaning: Meaning) -> Mapping | None:
    """Return the statistic of the benchmark's metric on unchanged test items; None where there is none."""
    for metric in meaning.metrics:
        for split in _SPLITS:
            found = [stat for stat in stats if _name_stat(stat) == (metric, split)]
            if found:
                return found[0] if len(found) == 1 else None
    return None


def _name_stat(stat: object) -> tuple[str, str | None]:
    """Return metric and split of a statistic; the metric is marked where items were changed or only some counted."""
    name = stat.get("name") if isinstance(stat, dict) else None
    if not isinstance(name, dict) or not isinstance(name.get("name"), str):
        return "?", None
    changed = " (changed items)" if name.get("perturbation") or name.get("sub_split") else ""
    return name["name"] + changed, name.get("split")


def _count_instances(stats: Sequence, split: str | None) -> int | None:
    found = [stat.get("mean") for stat in stats if _name_stat(stat) == ("num_instances", split)]
    return (read_count(found[0]) or None) if found else None


def _read_marks(file: RawFile, metric: str, split: str | None) -> dict[str, dict[int, float]]:
    """Return the marks of each instance by trial; none at all where one of them is no mark in 0-1."""
    document = read_json(file)
    marks: dict[str, dict[int, float]] = defaultdict(dict)
    for instance in document if isinstance(document, list) else []:
        for stat in _list_stats(instance):
            if _name_stat(stat) == (metric, split) and not instance.get("perturbation"):
                mark, trial = read_mark(stat.get("mean")), read_count(instance.get("train_trial_index", 0))
                if mark is None or trial is None or trial in marks[str(instance.get("instance_id"))]:
                    return {}
                marks[str(instance.get("instance_id"))][trial] = mark
    return marks


def _list_stats(instance: object) -> Iterator[Mapping]:
    stats = instance.get("stats") if isinstance(instance, dict) else None
    yield from (stat for stat in (stats if isinstance(stats, list) else []) if isinstance(stat, dict))


def _estimate_stderr(marks: Mapping[str, Mapping[int, float]], mean: object) -> float | None:
    """Return the standard error of the mean over instances, where their marks are those of the score."""
    values, number = [statistics.fmean(trials.values()) for trials in marks.values()], read_number(mean)
    if len(values) < 2 or number is None or abs(statistics.fmean(values) - number) > 1e-6:
        return None
    return statistics.stdev(values) / math.sqrt(len(values))


def _tabulate(marks: Mapping[str, Mapping[int, float]], task: str, part: str | None) -> pa.Table:
    common = {"task": task, "subtask": part, "outcome": Outcome.OK}
    rows = [
        common | {"doc_id": make_doc_id(name), "repeat": trial, "mark": mark}
        for name, trials in marks.items()
        for trial, mark in sorted(trials.items())
    ]
    return pa.Table.from_pylist(rows, schema=SAMPLES)
