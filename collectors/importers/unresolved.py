"""List the names of models in landed publications that no registered model has.

Before: landed runs, each with the names that its importer could not resolve. After: one row a name that is still not
registered, with its sources and the nearest registered models, for an editor to add as an alias.
"""

from pathlib import Path

from collectors.importers.naming import ModelNames
from collectors.landing import list_landed, read_landed
from collectors.registry_loader import Registry


def list_unresolved_names(home: Path, registry: Registry) -> list[dict]:
    """Return `{name, count, sources, nearest}` for each name, those with most figures first."""
    names = ModelNames(registry)
    rows: dict[str, dict] = {}
    for landed in list_landed(home):
        if landed.manifest.kind != "published":
            continue
        for item in read_landed(landed.path, tables=False).results.get("unresolved", ()):
            if names.find(item["name"]) is None:
                row = rows.setdefault(item["name"], {"name": item["name"], "count": 0, "sources": set()})
                row["count"] += item["count"]
                row["sources"].add(landed.manifest.source)
    found = sorted(rows.values(), key=lambda row: (-row["count"], row["name"]))
    return [{**row, "sources": sorted(row["sources"]), "nearest": names.list_nearest(row["name"])} for row in found]
