"""A published snapshot of a few made-up models, some with hostile names, for the tests of the dashboard."""

from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from collectors.landing import land_run
from collectors.records import Manifest, Protocol, Score
from collectors.registry_loader import load_registry
from warehouse.build import build_warehouse

LINK = '<a href="javascript:alert(1)">x</a>'
BEACON = "![x](http://127.0.0.1:9/beacon.png)"
FORMULA = "=1+1"
SCRIPT = "<script>window.pwned=1</script>"
HOSTILE = (LINK, BEACON, FORMULA, SCRIPT)
AT = datetime(2026, 1, 7, 12, tzinfo=UTC)

MODELS = {
    "cathay": ("CN", [("one", LINK, "2024-03-01", 0.40), ("two", BEACON, "2025-02-01", 0.62),
                      ("three", FORMULA, "2025-11-01", 0.71), ("four", "Four", "2025-12-01", 0.50)]),
    "columbia": ("US", [("uno", "Uno", "2024-01-01", 0.45), ("dos", SCRIPT, "2024-12-01", 0.70),
                        ("tres", "Tres", "2025-10-01", 0.80)]),
    "baseline": (None, [("chance", "Chance", None, 0.25)]),
}  # fmt: skip


def make_snapshot(home: Path, registry: Path) -> Path:
    """Return the published file, built for real from a made-up registry and two landed runs."""
    write_registry(registry)
    land_scores(home)
    return build(home, registry)


def build(home: Path, registry: Path) -> Path:
    """Return the published file that is built from what has landed."""
    return build_warehouse(home, load_registry(bundled=registry))


def land_more(home: Path) -> None:
    """Land another score of the last model, published a day later."""
    protocol = Protocol(benchmark="quiz", metric="accuracy")
    day = date(2026, 1, 2)
    score = Score(
        model="columbia/tres", benchmark="quiz", source="board", protocol=protocol, score=0.85, origin="leaderboard",
        published_date=day, first_known_date=day,
    )  # fmt: skip
    known = {"started_at": AT, "finished_at": AT, "modelgap_version": "0"}
    manifest = Manifest(run="published-board-2", kind="published", status="complete", source="board", **known)
    land_run(home, manifest, {"scores": [score.model_dump(mode="json")]})


def write_registry(folder: Path) -> None:
    """Write a registry, complete in every reference: a benchmark with a hostile name, a domain unmeasured."""
    for developer, (country, models) in MODELS.items():
        rows = [
            {"id": f"{developer}/{stem}", "name": {"en": name}, "release_date": day and date.fromisoformat(day)}
            for stem, name, day, _ in models
        ]
        document = {"developer": developer, "name": {"en": developer}, "country": country, "models": rows}
        _write(folder / "models" / f"{developer}.yaml", document)
    for source, kind in (("board", "leaderboard"), ("modelgap", "measured")):
        document = {
            "id": source, "name": {"en": f"Board {LINK}"}, "url": "https://example.org/board", "licence": "CC BY 4.0",
            "attribution": "Board", "redistribute": True, "kind": kind, "retrieved_on": date(2026, 1, 1),
        }  # fmt: skip
        _write(folder / "sources" / f"{source}.yaml", document)
    domains = [{"id": "coding", "name": {"en": "Coding"}}, {"id": "writing", "name": {"en": f"Writing {LINK}"}}]
    _write(folder / "domains.yaml", domains)
    benchmark = {"id": "quiz", "name": {"en": f"Quiz {LINK}"}, "domain": "coding", "chance_floor": 0.25}
    _write(folder / "benchmarks.yaml", [benchmark])
    blocs = {
        "domestic": {"name": {"en": "Domestic"}, "countries": ["CN"]},
        "frontier": {"name": {"en": "Frontier"}, "countries": ["US"]},
        "other": {"name": {"en": "Other"}},
        "baseline": {"name": {"en": "Baseline"}, "developers": ["baseline"]},
    }
    _write(folder / "blocs.yaml", blocs)


def land_scores(home: Path) -> None:
    """Land a published run of every model's score, and our own incomplete run of a baseline."""
    protocol = Protocol(benchmark="quiz", metric="accuracy")
    scores = [
        Score(
            model=f"{developer}/{stem}", benchmark="quiz", source="board", protocol=protocol, score=score,
            origin="vendor" if developer == "cathay" else "leaderboard",
            reporter_relation="own" if developer == "cathay" else None, published_date=date(2026, 1, 1),
            first_known_date=date(2026, 1, 1),
        )
        for developer, (_, models) in MODELS.items() for stem, _, _, score in models
    ]  # fmt: skip
    known = {"started_at": AT, "finished_at": AT, "modelgap_version": "0"}
    published = Manifest(run="published-board", kind="published", status="complete", source="board", **known)
    land_run(home, published, {"scores": [score.model_dump(mode="json") for score in scores]})
    measured = Manifest(
        run="20260107T120000Z-chance", kind="measured", status="incomplete", endpoint="chance", model="baseline/chance",
        is_simulated=True, outcomes={"ok": 3, "timeout": 1}, failures={"timeout: no answer in 5 s": 1}, **known,
    )  # fmt: skip
    land_run(home, measured, {"scores": []})


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
