"""What the tests of importing share: a context over the bundled registry, a file on disk, what landed."""

import os
from pathlib import Path

from collectors.importers.catalogue import find_importer
from collectors.importers.contract import Context, Options, Parsed, Payload
from collectors.importers.fetching import Fetcher
from collectors.importers.importing import Imported, Job, run_import
from collectors.importers.naming import ModelNames
from collectors.landing import LandedContent, list_landed, read_landed
from collectors.registry_loader import Registry, load_registry

PAYLOADS = Path(__file__).parent / "payloads"
REGISTRY = load_registry()


def get_home() -> Path:
    """Return the test's own data directory."""
    return Path(os.environ["MODELGAP_HOME"])


def parse_place(name: str, place: Path | str, registry: Registry = REGISTRY, **options) -> Parsed:
    """Return what an importer reads from the first payload at a place; its counts add up."""
    entry = find_importer(name)
    payload = fetch_payload(name, place)
    context = Context(registry, registry.sources[entry.source], ModelNames(registry), Options(**options))
    parsed = entry.load().parse(payload, context)
    assert parsed.n_rows == len(parsed.scores) + parsed.n_rejected
    return parsed


def fetch_payload(name: str, place: Path | str) -> Payload:
    """Return the first payload that an importer collects at a place."""
    return find_importer(name).load().collect(str(place), Fetcher(get_home()))[0]


def import_place(name: str, place: Path | str, registry: Registry = REGISTRY, **fields) -> list[Imported]:
    """Return what became of each payload of a place, landed in the test's home."""
    return list(run_import(get_home(), registry, Job(name, str(place), **fields)))


def list_contents() -> list[LandedContent]:
    """Return all that landed in the test's home, checksums verified."""
    return [read_landed(run.path, verify=True) for run in list_landed(get_home())]


def count_reasons(parsed: Parsed) -> dict[str, int]:
    """Return how many figures were refused for each reason."""
    counts: dict[str, int] = {}
    for entry in parsed.rejects.values():
        counts[entry["reason"]] = counts.get(entry["reason"], 0) + entry["count"]
    return counts


def write_file(path: Path, content: str | bytes) -> Path:
    """Return `path` holding `content`, text as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
