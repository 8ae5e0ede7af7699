"""Write the files of a data package: tables as CSV and Parquet, their description, citation and notes.

Before: Arrow tables. After: files whose bytes depend on the snapshot alone. In CSV a text that a spreadsheet would run
as a formula has an apostrophe before it; Parquet holds it as it is.
"""

import csv
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from warehouse.snapshot import Snapshot

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
"""The compilation's licence; each figure stays under its source's."""
TITLE = "modelgap: scores of language models, with who measured what, when and how"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKUP = re.compile(r"[\\`*_{}\[\]()<>#!|~$&]")
_README = """\
# {title}

Evidence to {as_of}; snapshot `{snapshot}`.

`data/` holds each table as CSV and as Parquet; `datapackage.json` describes their columns. In CSV, a text that a
spreadsheet would run as a formula has an apostrophe (`'`) before it. `every-eval-ever/` holds the same scores as Every
Eval Ever records, schema 0.3.0. Benchmark items are not in this package: they stay with their owners.

The compilation is under {licence}. Each figure stays under its source's licence: give its attribution, which stands
beside it, wherever you show it.

| source | attribution | licence | address |
|---|---|---|---|
{sources}

## Kept out: their source's terms forbid passing them on, or are not known

{withheld}
"""
_KEYS = {"scores": "score_id", "protocols": "protocol_id", "sources": "source", "models": "model",
         "benchmarks": "benchmark", "claims": "claim", "landscape": "id"}  # fmt: skip
_POINTS_TO = {"model": "models", "benchmark": "benchmarks", "protocol_id": "protocols", "source": "sources"}
_MEANINGS = {
    "score": "fraction 0-1, or a rating where unit is elo; unanswered items count as wrong",
    "stderr": "standard error of score on its unit; empty where unknown",
    "score_answered_only": "score over the items that the model answered",
    "coverage": "share of items answered",
    "origin": "measured (by this installation), independent, leaderboard or vendor",
    "reporter_relation": "of vendor figures: own, competitor or unclassified",
    "protocol_id": "how the score was taken: scores compare only within one; ratings within one board",
    "published_date": "the source's date of the figure",
    "first_known_date": "the day from which the figure was public for certain",
    "is_provisional": "the figure was not read at its source, or its benchmark is inferred",
    "tier": "effort tier read from effort and setting",
    "licence": "licence of the source, under which this figure is passed on",
    "attribution": "to be given wherever this figure is shown",
}


def write_table(folder: Path, name: str, table: pa.Table) -> list[dict]:
    """Return the descriptions of the two files that a table was written to: `data/<name>.csv` and `.parquet`."""
    (folder / "data").mkdir(exist_ok=True)
    paths = {"csv": folder / "data" / f"{name}.csv", "parquet": folder / "data" / f"{name}.parquet"}
    _write_csv(paths["csv"], table)
    pq.write_table(table.replace_schema_metadata(None), paths["parquet"], compression="zstd")
    types = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    return [_describe(folder, name, form, path, types[form], table) for form, path in paths.items()]


def guard_formula(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def describe_package(snapshot: Snapshot, resources: Sequence[Mapping], sources: Sequence[Mapping]) -> dict:
    """Return datapackage.json, Data Package standard 2.0."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "modelgap-data",
        "title": TITLE,
        "version": snapshot.as_of.isoformat(),
        "created": snapshot.meta["built_at"],
        "id": snapshot.id,
        "keywords": ["language models", "evaluation", "benchmarks", "capability gap", "China"],
        "licenses": [LICENCE],
        "sources": [
            {
                "title": f"{row['attribution']} ({row['licence']})",
                "path": row["url"],
                "version": _text(row["retrieved_on"]),
            }
            for row in sources
        ],
        "contributors": [{"title": "The modelgap authors", "roles": ["creator"]}],
        "resources": list(resources),
    }


def write_citation(path: Path, snapshot: Snapshot, sources: Sequence[Mapping]) -> None:
    """Write CITATION.cff: the package, and every source it draws on as a reference."""
    document = {
        "cff-version": "1.2.0",
        "message": "Cite this data set with its date, and the source of each figure as its attribution says.",
        "title": TITLE,
        "type": "dataset",
        "authors": [{"name": "The modelgap authors"}],
        "version": snapshot.as_of.isoformat(),
        "date-released": snapshot.as_of.isoformat(),
        "license": LICENCE["name"],
        "identifiers": [{"type": "other", "value": snapshot.id, "description": "snapshot"}],
        "references": [
            {
                "type": "data",
                "title": row["name_en"],
                "authors": [{"name": row["attribution"]}],
                "url": row["url"],
                "notes": f"licence: {row['licence']}",
            }
            for row in sources
        ],
    }
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")


def write_readme(path: Path, snapshot: Snapshot, sources: Sequence[Mapping], withheld: Mapping[str, int]) -> None:
    """Write README.md: what is in the package, whose it is, what is not in it."""
    said = ("source", "attribution", "licence")
    rows = [f"| {' | '.join(_spell(row[name]) for name in said)} | {row['url']} |" for row in sources]
    kept = [f"- {_spell(source)}: {count:,} scores" for source, count in withheld.items()] or ["- nothing"]
    text = _README.format(
        title=TITLE,
        as_of=snapshot.as_of,
        snapshot=snapshot.id,
        licence=LICENCE["title"],
        sources="\n".join(rows),
        withheld="\n".join(kept),
    )
    path.write_text(text, encoding="utf-8")


def _spell(text: str) -> str:
    """Return Markdown that shows a text letter by letter, in one line."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def write_json(path: Path, document: object) -> None:
    """Write a JSON document, its keys in their order."""
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "replace") + b"\n")


def _write_csv(path: Path, table: pa.Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(10_000):
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows([_text(value) for value in row] for row in zip(*columns, strict=True))


def _text(value: object) -> str | None:
    """Return a value as CSV holds it: empty for None, ISO dates, true and false, lists joined by `; `."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return guard_formula("; ".join(map(str, value)))
    return guard_formula(value) if isinstance(value, str) else repr(value)


def _describe(folder: Path, name: str, form: str, path: Path, mediatype: str, table: pa.Table) -> dict:
    schema = {"fields": [_describe_field(field) for field in table.schema]}
    if name in _KEYS:
        schema["primaryKey"] = [_KEYS[name]]
    if name == "scores":
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": f"{target}-{form}", "fields": [column]}}
            for column, target in _POINTS_TO.items()
        ]
    return {
        "name": f"{name}-{form}",
        "path": path.relative_to(folder).as_posix(),
        "type": "table",
        "format": form,
        "mediatype": mediatype,
        **({"encoding": "utf-8"} if form == "csv" else {}),
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        "schema": schema,
    }


def _describe_field(field: pa.Field) -> dict:
    meaning = _MEANINGS.get(field.name)
    return {"name": field.name, "type": _name_type(field.type), **({"description": meaning} if meaning else {})}


def _name_type(kind: pa.DataType) -> str:
    checks = (
        ("boolean", pa.types.is_boolean),
        ("integer", pa.types.is_integer),
        ("number", pa.types.is_floating),
        ("datetime", pa.types.is_timestamp),
        ("date", pa.types.is_date),
    )
    return next((name for name, check in checks if check(kind)), "string")
