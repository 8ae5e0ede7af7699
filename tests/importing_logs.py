"""What the tests of importing evaluation logs share: parse a place, count every figure, land and look again."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.errors import ModelgapError, PayloadError
from collectors.importers.catalogue import find_importer
from collectors.importers.contract import Context, Options, Parsed
from collectors.importers.fetching import Fetcher
from collectors.importers.importing import Imported, Job, run_import
from collectors.importers.naming import ModelNames
from collectors.landing import LandedContent, list_landed, read_landed
from collectors.records import SAMPLES, Score
from collectors.registry_loader import Registry, load_registry

PAYLOADS = Path(__file__).parent / "payloads"


@dataclass(frozen=True)
class Read:
    """One payload as it was parsed, its samples drawn."""

    parsed: Parsed
    rows: list[dict]

    @property
    def reasons(self) -> dict[str, int]:
        """How many figures were refused for each reason."""
        found: dict[str, int] = {}
        for entry in self.parsed.rejects.values():
            found[entry["reason"]] = found.get(entry["reason"], 0) + entry["count"]
        return found

    def find(self, benchmark: str, subtask: str | None = None) -> Score:
        """Return the one score of a benchmark, or of a part of it."""
        found = [s for s in self.parsed.scores if (s.benchmark, s.subtask) == (benchmark, subtask)]
        assert len(found) == 1, [(s.benchmark, s.subtask) for s in self.parsed.scores]
        return found[0]


def read_logs(name: str, place: Path, registry: Registry | None = None, **options) -> list[Read]:
    """Return what an importer makes of a place; the counts of every payload add up."""
    registry = registry or load_registry()
    entry = find_importer(name)
    context = Context(registry, registry.get("sources", entry.source), ModelNames(registry), Options(**options))
    importer = entry.load()
    found = []
    for payload in importer.collect(str(place), Fetcher(Path(os.environ["MODELGAP_HOME"]))):
        parsed = importer.parse(payload, context)
        assert parsed.n_rows == len(parsed.scores) + parsed.n_rejected
        json.dumps([score.model_dump(mode="json") for score in parsed.scores] + [parsed.details], allow_nan=False)
        found.append(Read(parsed, _draw(parsed)))
    return found


def import_logs(name: str, place: Path, registry: Registry | None = None, **options) -> list[Imported]:
    """Return what became of each payload of a place, landed in the test's home."""
    job = Job(name, str(place), Options(**options))
    return list(run_import(Path(os.environ["MODELGAP_HOME"]), registry or load_registry(), job))


def read_landing() -> list[LandedContent]:
    """Return all that landed in the test's home, checksums verified."""
    return [read_landed(run.path, verify=True) for run in list_landed(Path(os.environ["MODELGAP_HOME"]))]


def refuse(name: str, place: Path, *words: str) -> str:
    """Return the message with which an importer refuses a place, having landed nothing; each of `words` is in it."""
    try:
        problems = [item.problem for item in import_logs(name, place)]
    except ModelgapError as error:
        assert isinstance(error, PayloadError), error
        problems = [str(error)]
    assert all(problems) and problems, "it was imported"
    assert read_landing() == []
    for word in words:
        assert word in problems[0], problems[0]
    return problems[0]


def write_json(path: Path, document: object) -> Path:
    """Return `path`, written as JSON as lm-eval and others do: NaN and Infinity as bare words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


HOSTILE = {
    "empty": (b"", "JSON"),
    "torn": (b'{"results": {"gsm8k": {"exact_match,none": 0.', "JSON"),
    "html": (b"<!doctype html><html><body>Sign in</body></html>", "HTML"),
    "utf-16": ('{"results": {}}'.encode("utf-16"), "UTF-16"),
    "latin-1": (b'{"results": {"caf\xe9": {}}}', "UTF-8"),
    "a key twice": (b'{"results": {"a": {"acc": 0.1, "acc": 0.9}}}', "twice"),
    "too deep": (b"[" * 200_000 + b"]" * 200_000, "JSON"),
    "deeper than whoever walks through it can go": (b'{"results": ' * 600 + b"1" + b"}" * 600, "deeper"),
    "a number": (b"42", ""),
    "a list": (b"[1, 2, 3]", ""),
    "a word": (b'"results"', ""),
    "nothing in it": (b"{}", ""),
}
"""Files that no importer of JSON documents may land a thing from, and a word of the message."""

hostile = pytest.mark.parametrize(("data", "word"), HOSTILE.values(), ids=HOSTILE.keys())


def _draw(parsed: Parsed) -> list[dict]:
    samples = parsed.samples
    if samples is None:
        return []
    if isinstance(samples, Path):
        samples = pq.read_table(samples)
    table = samples if isinstance(samples, pa.Table) else samples.read_all()
    assert table.schema.equals(SAMPLES)
    return table.to_pylist()
