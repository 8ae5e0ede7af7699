"""Import Every Eval Ever records, schema 0.2 and 0.3: JSON, JSON lines, with their instances where they have some.

Before: records of many publishers, one a model and evaluation, each result with its own scale. After: accuracies in 0-1
with origin and reporter as the record states them. Records that modelgap wrote come back as they went out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, BenchmarkNames, Meaning, says_nothing
from collectors.importers.contract import Context, Parsed, Payload, RawFile
from collectors.importers.eee_instances import list_instances, stream_instances
from collectors.importers.eee_lm_eval import is_of_lm_eval, pick_scores
from collectors.importers.eee_results import Result, read_results
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.log_figures import FIRST_LOG, LogFigures, read_time
from collectors.importers.opening import read_json, read_json_lines
from collectors.records import Protocol
from collectors.registry_loader import Registry

UNREADABLE = "record cannot be read"
UNKNOWN_VERSION = "schema version is not read"
UNKNOWN_RELATION = "record does not say whose evaluation it is; use --origin"
VERSIONS = ("0.2", "0.3")
EXPORTER = "modelgap"
_BY_SCORER = re.compile(r".+ on .+ for scorer .+")
"""What the converter of Inspect logs calls a result: its task is the record's, its data set the whole of it."""
_ORIGINS = {
    ("third_party", "evaluation_run"): "independent",
    ("third_party", "documentation"): "leaderboard",
    ("first_party", "evaluation_run"): "vendor",
    ("first_party", "documentation"): "vendor",
    ("collaborative", "evaluation_run"): "vendor",
    ("collaborative", "documentation"): "vendor",
}


class Names:
    """What results are called: by titles and data sets, and by lm-eval's tasks in the records of its converter."""

    def __init__(self, registry: Registry):
        self.titles, self.tasks = BenchmarkNames(registry, "titles"), BenchmarkNames(registry, "lm-eval")


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each record with instances, and one for all others below `place`; the one at an address."""
    if place is None:
        raise PayloadError("import every-eval-ever: no place was given. Name a record or a folder of records.")
    if is_url(place):
        return [fetcher.fetch(place)]
    found = dict(list_files(place, lambda path: path.suffix in (".json", ".jsonl")))
    if Path(place).is_file():
        found |= {path.name: path for path in list_instances(Path(place), Path(place).parent.glob("*.jsonl"))}
    owners = {name: [part for part in found if part in _name_instances(name)] for name in found}
    instances = {part for parts in owners.values() for part in parts}
    payloads = [
        fetcher.keep([(name, found[name]), *((part, found[part]) for part in parts)], place)
        for name, parts in owners.items()
        if parts
    ]
    plain = [(name, found[name]) for name in found if not owners[name] and name not in instances]
    return [*payloads, *([fetcher.keep(plain, place)] if plain else [])]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return the figures of all records; of a record with instances, their marks too."""
    figures = LogFigures(payload, context)
    names = Names(context.registry)
    if len(payload.files) == 2 and payload.files[1].name in _name_instances(payload.main.name):
        record = read_json(payload.main)
        taken = _take_record(figures, payload.main.name, record, names)
        instances = payload.files[1]
        _check_instances(record, instances)
        if taken:
            figures.parsed.samples = stream_instances(instances, taken)
        return figures.parsed
    is_alone = len(payload.files) == 1
    for file in payload.files:
        try:
            for place, record in _read_records(file):
                _take_record(figures, place, record, names)
        except PayloadError as error:
            if is_alone:
                raise
            # One file of many that is no record is one refused figure; nobody knows how many it would have offered.
            figures.parsed.n_rows += 1
            figures.parsed.reject(file.name, UNREADABLE, error)
    return figures.parsed


def _read_records(file: RawFile) -> Iterator[tuple[str, object]]:
    """Yield place and record of a file: one, a list of them, or one a line."""
    if file.name.endswith(".jsonl"):
        yield from ((f"{file.name}:{number}", record) for number, record in read_json_lines(file))
        return
    document = read_json(file)
    yield from ((file.name, record) for record in (document if isinstance(document, list) else [document]))


def _take_record(figures: LogFigures, place: str, record: object, names: Names) -> dict[str, object]:
    """Take in the results of one record; return those taken by their id and name, for their instances."""
    results = record.get("evaluation_results") if isinstance(record, dict) else None
    if not isinstance(results, list) or not isinstance(record.get("model_info"), dict):
        raise PayloadError(f"{place}: no Every Eval Ever record; it has no model or no results. Check what it is.")
    figures.parsed.n_rows += len(results)
    version = str(record.get("schema_version"))
    if not version.startswith(VERSIONS):
        figures.parsed.reject(place, UNKNOWN_VERSION, version, len(results))
        return {}
    fields = _attribute(record, figures)
    if fields is None:
        figures.parsed.reject(place, UNKNOWN_RELATION, _table(record, "source_metadata"), len(results))
        return {}
    taken = {}
    read = read_results(figures.parsed, place, record)
    shared = Counter(title for result in read for title in result.data_titles)
    if is_of_lm_eval(_table(record, "eval_library")) and not _is_ours(record):
        read, others = pick_scores(read, names.tasks)
        for result in others:
            figures.parsed.reject(place, OTHER_METRIC, f"{result.name}: {result.metric}")
    for result in read:
        meaning = result.meaning or _find_meaning(names.titles, result, shared)
        if meaning is None:
            names.titles.reject(figures.parsed, place, result.name)
            continue
        score = _offer(figures, place, record, result, meaning, fields)
        if score:
            taken |= dict.fromkeys(filter(None, (result.id, result.name)), score)
    return taken


def _find_meaning(names: BenchmarkNames, result: Result, shared: Mapping[str, int]) -> Meaning | None:
    """Return what a result's own names mean; its data set's only where its name says nothing else.

    Nor may another result be of the same data: one of the two would be a part of it.
    """
    titles = [result.benchmark, *result.titles] if result.benchmark else [*result.titles]
    is_plain = _BY_SCORER.fullmatch(result.name) or result.name in (result.metric, "score", "overall")
    titles += [
        title for title in result.data_titles if shared[title] == 1 and (is_plain or says_nothing(result.name, title))
    ]
    return next(filter(None, map(names.find, titles)), None)


def _offer(
    figures: LogFigures, place: str, record: Mapping, result: Result, meaning: Meaning, fields: Mapping
) -> object:
    model, library = record["model_info"], _table(record, "eval_library")
    name = str(model.get("name") or model.get("id") or "")
    harness = str(library.get("name") or "") or None
    protocol = Protocol(
        benchmark=meaning.benchmark,
        metric=result.metric,
        harness=None if harness == "unknown" else harness,
        task=result.task or result.name,
        filter=result.filter,
        generation=result.generation,
        n_shot=result.n_shot,
        board=result.board,
    )
    found = figures.find_model(str(model.get("id") or ""), name)
    return figures.offer(
        place,
        # What modelgap wrote says by itself under which setting; a model's plain name is none.
        "" if found and _is_ours(record) else name,
        result.score,
        protocol,
        stderr=result.stderr,
        model=found,
        n_samples=result.n_samples,
        task=meaning.task or result.task or result.name,
        subtask=result.subtask,
        **{**fields, **result.fields},
    )


def _attribute(record: Mapping, figures: LogFigures) -> dict[str, object] | None:
    """Return origin, reporter and date of a record; None where neither it nor the user says whose evaluation it is."""
    source = _table(record, "source_metadata")
    details = _table(source, "additional_details")
    origin = _ORIGINS.get((str(source.get("evaluator_relationship")), str(source.get("source_type"))))
    if _is_ours(record):
        origin = str(details.get("origin")).replace("measured", "independent")
    if origin not in ("independent", "leaderboard", "vendor") and not figures.context.options.origin:
        return None
    reporter = source.get("source_organization_name") or source.get("source_name")
    url, relation = source.get("source_organization_url"), None
    if _is_ours(record):
        reporter, url, relation = details.get("reported_by"), None, details.get("reporter_relation")
    return {
        "origin": origin,
        "reporter_relation": relation if relation in ("own", "competitor", "unclassified") else None,
        "reported_by": str(reporter)[:500] if reporter else None,
        "source_url": url if isinstance(url, str) and is_url(url) else None,
        "published_date": _read_day(record, figures),
    }


def _read_day(record: Mapping, figures: LogFigures) -> date | None:
    for key in ("evaluation_timestamp", "retrieved_timestamp"):
        moment = read_time(record.get(key)) if record.get(key) is not None else None
        if moment and FIRST_LOG <= moment.date() <= figures.retrieved_on:
            return moment.date()
    return None


def _is_ours(record: Mapping) -> bool:
    return _table(_table(record, "source_metadata"), "additional_details").get("exporter") == EXPORTER


def _check_instances(record: Mapping, instances: RawFile) -> None:
    stated = _table(record, "detailed_evaluation_results")
    checksum = stated.get("checksum")
    if stated.get("hash_algorithm") == "sha256" and isinstance(checksum, str) and checksum != instances.sha256:
        raise PayloadError(
            f"{instances.name}: differs from the record's checksum; got {instances.sha256[:12]}…. Fetch both again."
        )


def _name_instances(record: str) -> tuple[str, ...]:
    """Return the names that the instances of a record may have: they lie beside it, wherever it says they are."""
    stem = record.removesuffix(".json")
    return (f"{stem}_samples.jsonl", f"{stem}.jsonl") if record.endswith(".json") else ()


def _table(parent: object, key: str) -> dict:
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}
