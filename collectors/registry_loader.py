"""Read the registry's YAML, lay overlays over it, and cross-check every name.

Before: YAML files below `collectors/registry/` and any overlay of the same layout. After: a frozen `Registry` of
typed entries in which every reference resolves, or one `RegistryError` that lists every problem.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from collectors import claim_entries, endpoint_entries, entries, task_entries
from collectors.errors import RegistryError, UsageError
from collectors.registry_checks import check_registry, find_closest

BUNDLED = Path(__file__).parent / "registry"
MAX_YAML_BYTES = 4 << 20
T = TypeVar("T", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Registry:
    """All registered facts, by id."""

    endpoints: Mapping[str, endpoint_entries.Endpoint]
    developers: Mapping[str, entries.Developer]
    models: Mapping[str, entries.Model]
    tasks: Mapping[str, task_entries.Task]
    suites: Mapping[str, task_entries.Suite]
    sources: Mapping[str, entries.Source]
    domains: Mapping[str, entries.Domain]
    benchmarks: Mapping[str, entries.Benchmark]
    isic: Mapping[str, entries.IsicSection]
    blocs: Mapping[str, entries.BlocRule]
    claims: Mapping[str, claim_entries.Claim]
    cohorts: Mapping[str, claim_entries.NamedCohort]
    landscape: tuple[entries.LandscapeCount, ...]

    def developer_of(self, model_id: str) -> entries.Developer:
        """Return the developer that registers `model_id`. Raises UsageError, with the closest id, if none does."""
        self.get("models", model_id)
        return self.developers[model_id.split("/")[0]]

    def bloc_of(self, model_id: str) -> entries.Bloc:
        """Return the bloc of a model, from its developer or the developer's country through blocs.yaml."""
        developer = self.developer_of(model_id)
        for bloc, rule in self.blocs.items():
            if developer.developer in rule.developers or developer.country in rule.countries:
                return bloc
        return "other"

    def suite_endpoints(self, suite_id: str) -> list[endpoint_entries.Endpoint]:
        """Return the endpoints in service that a suite names or that name the suite as their schedule."""
        named = self.get("suites", suite_id).endpoints
        return [
            endpoint
            for endpoint in self.endpoints.values()
            if endpoint.retired_on is None and (endpoint.schedule == suite_id or endpoint.id in named)
        ]

    def get(self, kind: str, entry_id: str):
        """Return the entry `entry_id` of a kind such as "tasks". Raises UsageError naming the closest id."""
        known: Mapping = getattr(self, kind)
        if entry_id not in known:
            raise UsageError(
                f"registry: {kind[:-1]} is not registered; got {entry_id!r}{find_closest(entry_id, known)}. "
                f"Fix the name or add it under registry/{kind}/."
            )
        return known[entry_id]


class _Reader:
    """Collects entries and problems over all layers, so that all errors are told at once."""

    def __init__(self, layers: Sequence[Path]):
        self.layers = layers
        self.problems: list[str] = []
        self.place: dict[tuple[str, str], str] = {}

    def read(self, path: Path) -> object:
        """Return the parsed YAML of one file, or None after noting what is wrong with it."""
        try:
            if path.stat().st_size > MAX_YAML_BYTES:
                self.problems.append(f"{path}: file is too large; got {path.stat().st_size} bytes. Split it.")
                return None
            return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except UnicodeDecodeError as error:
            self.problems.append(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.")
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = f" line {mark.line + 1}" if mark else ""
            self.problems.append(f"{path}{line}: not valid YAML: {getattr(error, 'problem', error)}. Mend the syntax.")
        return None

    def parse(self, kind: type[T], raw: object, place: str) -> T | None:
        """Return `raw` as an entry, or None after noting each field that does not fit."""
        if not isinstance(raw, dict):
            self.problems.append(f"{place}: expected a mapping; got {type(raw).__name__}. See DESIGN in docs/.")
            return None
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            self.problems += [_explain(place, kind, item) for item in error.errors(include_url=False)]
            return None

    def folder(self, name: str, kind: type[T], key: str = "id") -> dict[str, T]:
        """Return the entries of a folder of one YAML a thing; a file's stem must be its id; later layers win."""
        found: dict[str, T] = {}
        for layer in self.layers:
            for path in sorted((layer / name).glob("*.yaml")):
                raw = self.read(path)
                entry = self.parse(kind, raw, str(path)) if raw is not None else None
                if entry is None:
                    continue
                entry_id = getattr(entry, key)
                if entry_id != path.stem:
                    self.problems.append(
                        f"{path}: {key} differs from the file's name; got {entry_id!r}. Rename one of the two."
                    )
                found[entry_id] = entry
                self.place[name, entry_id] = str(path)
        return found

    def listing(self, name: str, kind: type[T]) -> dict[str, T]:
        """Return the entries of `<name>.yaml`, a list of entries with an `id`; later layers win entry by entry."""
        found: dict[str, T] = {}
        for layer, rows in self._documents(name, list):
            seen: set[str] = set()
            for number, raw in enumerate(rows, 1):
                place = f"{layer}/{name}.yaml entry {number}"
                entry = self.parse(kind, raw, place)
                if entry is None:
                    continue
                if entry.id in seen:
                    self.problems.append(f"{place}: id is given twice; got {entry.id!r}. Remove one.")
                seen.add(entry.id)
                found[entry.id] = entry
                self.place[name, entry.id] = place
        return found

    def mapping(self, name: str, kind: type[T]) -> dict[str, T]:
        """Return the entries of `<name>.yaml`, a mapping from id to entry; later layers win entry by entry."""
        found: dict[str, T] = {}
        for layer, rows in self._documents(name, dict):
            for key, raw in rows.items():
                entry = self.parse(kind, raw, f"{layer}/{name}.yaml {key}")
                if entry is not None:
                    found[str(key)] = entry
        return found

    def _documents(self, name: str, shape: type) -> Iterable[tuple[Path, object]]:
        for layer in self.layers:
            path = layer / f"{name}.yaml"
            if not path.is_file():
                continue
            document = self.read(path)
            if isinstance(document, dict) and shape is list:
                document = document.get(name, document.get("sections"))
            if isinstance(document, shape):
                yield layer, document
            elif document is not None:
                self.problems.append(
                    f"{path}: expected a {shape.__name__}; got {type(document).__name__}. See the bundled file."
                )


def load_registry(overlays: Sequence[Path] = (), *, bundled: Path = BUNDLED) -> Registry:
    """Return the bundled registry with `overlays` laid over it, later ones winning, every reference checked.

    Raises RegistryError with all problems at once: YAML syntax, fields, ids, references, aliases.
    """
    missing = [f"{path}: no such registry directory. Check --registry." for path in overlays if not path.is_dir()]
    if missing:
        raise RegistryError(missing)
    reader = _Reader([bundled, *overlays])
    developers = reader.folder("models", entries.Developer, key="developer")
    registry = Registry(
        endpoints=reader.folder("endpoints", endpoint_entries.Endpoint),
        developers=developers,
        models={model.id: model for developer in developers.values() for model in developer.models},
        tasks=reader.folder("tasks", task_entries.Task),
        suites=reader.folder("suites", task_entries.Suite),
        sources=reader.folder("sources", entries.Source),
        domains=reader.listing("domains", entries.Domain),
        benchmarks=reader.listing("benchmarks", entries.Benchmark),
        isic=reader.listing("isic", entries.IsicSection),
        blocs=reader.mapping("blocs", entries.BlocRule),
        claims=reader.listing("claims", claim_entries.Claim),
        cohorts=reader.listing("cohorts", claim_entries.NamedCohort),
        landscape=tuple(reader.listing("landscape", entries.LandscapeCount).values()),
    )
    reader.problems += check_registry(registry, reader.place)
    if reader.problems:
        raise RegistryError(reader.problems)
    return registry


def _explain(place: str, kind: type[BaseModel], item: Mapping) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "entry"
    if item["type"] == "extra_forbidden":
        known = _fields_at(kind, item["loc"])
        return f"{place}: unknown key {where!r}{find_closest(str(item['loc'][-1]), known)}. Remove it or fix its name."
    # What stands where a key's name or an address belongs may be a key, and so may a part of a whole entry.
    is_secret = not item["loc"] or item["loc"][-1] in ("api_key_env", "base_url", "extra")
    shown = f"; got {item.get('input')!r}"[:160] if item["type"] != "missing" and not is_secret else ""
    return f"{place}: {where}: {item['msg'].removeprefix('Value error, ')}{shown}. Fix the value."


def _fields_at(kind: type[BaseModel], location: Sequence) -> list[str]:
    for part in location[:-1]:
        field = kind.model_fields.get(str(part)) if isinstance(part, str) else None
        inner = _model_in(field.annotation) if field else None
        kind = inner or kind
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in getattr(annotation, "__args__", ()) if (found := _model_in(arg))), None)
