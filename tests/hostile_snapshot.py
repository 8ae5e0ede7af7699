"""A published snapshot in which every free text tries to be more than letters: the injection corpus.

Each text goes in where the system really receives it: names and notes by the registry's YAML, what was measured by the
landing. What a registry refuses is not here; tests/test_registry.py holds that it is refused.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

import yaml
from page_snapshot import land_video, write_pages_registry
from warehouse_kit import DEVELOPERS, call, land, land_field, published, sample

from collectors.records import Protocol, Score
from collectors.registry_loader import load_registry
from warehouse.build import build_warehouse

BEACON = "http://127.0.0.1:9/"
"""Whatever asks this address has escaped; nobody listens there."""
MARKUP = [
    "<script>window.pwned=1</script>",
    f"<img src={BEACON}i.png onerror=window.pwned=1>",
    "<svg onload=window.pwned=1><style>*{display:none}</style>",
    f"\"'--></text></title><iframe src={BEACON}></iframe>",
    f"![x]({BEACON}m.png)",
    "[x](javascript:window.pwned=1) <javascript:window.pwned=1>",
    "[x](data:text/html,<script>window.pwned=1</script>)",
    f"{BEACON}auto www.example.org who@example.org",
    "# head `code` **bold** | a | b |",
    r"$\frac{1}{0}\href{http://127.0.0.1:9}{x}$",
    "$$",
    ":material/home: :red[red] :red-background[x] :streamlit: :blue-badge[x]",
    f'<b>bold</b><a href="{BEACON}">x</a><sup>2</sup><span style="font-size:90px">',
    "%{x} %{customdata[0]} {n} {0.__class__} %(x)s {{7*7}} ${7*7}",
    "&lt;img src=x onerror=window.pwned=1&gt; &#x3c;b&#x3e;",
]
FORMULAS = ['=HYPERLINK("http://127.0.0.1:9","x")', "+1+1", "-1+1", "@SUM(1)", '=1","2\'\n3']
UNSEEN = ["a\u202egnp.exe\u202c \u2066b", "p\u200ba\u2060y\ufeff", "\x1b]0;owned\x07\x1b[31mred", "nu\x00l\ufffe"]
"""Characters that turn the reading direction, show as nothing, or command a terminal."""
NAMES = [*MARKUP, *FORMULAS, "W" * 200]
TEXTS = [*NAMES, *UNSEEN, "\t=1+1", "\r=1+1"]
FIELDS = ("statement", "claimant", "notes", "what", "licence", "attribution", "reason", "reading", "date_note", "name")
RECORDS = {f"h{number}": text for number, text in enumerate(NAMES)}
"""Models by their id's last part: each sets a record of its bloc, so that charts write its name."""
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def make_snapshot(folder: Path) -> Path:
    """Return the data directory `folder/home` with such a snapshot, built for real."""
    home, registry = folder / "home", folder / "registry"
    days = {stem: str(date(2024, 1, 20) + timedelta(days=30 * n)) for n, stem in enumerate(RECORDS)}
    sides = {"cathay": dict(list(days.items())[1::2]), "columbia": dict(list(days.items())[::2])}
    write_pages_registry(
        registry, DEVELOPERS | {name: (DEVELOPERS[name][0], DEVELOPERS[name][1] | more) for name, more in sides.items()}
    )
    _add_claim(registry)
    poison(registry)
    land_field(home)
    land_video(home)
    scores = [
        published(f"{developer}/{stem}", 0.3 + int(stem[1:]) / 50, benchmark=benchmark, setting=text, notes=text)
        for developer, stems in sides.items() for stem in stems for benchmark in ("quiz", "exam")
        for text in [RECORDS[stem]]
    ]  # fmt: skip
    land(home, "published-records", [*scores, *_make_refused()])
    for model, marks in (("cathay/two", [1, 0]), ("columbia/dos", [0, 1])):
        _land_answers(home, model, marks)
    build_warehouse(home, load_registry(bundled=registry))
    return home


def _add_claim(registry: Path) -> None:
    """Add a claim that speaks of months, so that the claims' chart has something to draw."""
    path = registry / "claims.yaml"
    claims = yaml.safe_load(path.read_text())
    check = {"quantity": "standing_lag", "benchmark": "quiz", "low": 1.0, "high": 9.0}
    months = claims[0] | {"id": "months", "metric": "lag", "unit": "months", "value_low": 1.0, "value_high": 9.0}
    path.write_text(yaml.safe_dump([*claims, months | {"check": check}]), encoding="utf-8")


def poison(registry: Path) -> None:
    """Give every free text of a registry's files one of the corpus's texts, models the names that `RECORDS` says."""
    names, texts = cycle(NAMES), cycle(NAMES)
    for path in sorted(registry.rglob("*.yaml")):
        if path.name != "blocs.yaml":
            document = yaml.safe_load(path.read_text())
            path.write_text(yaml.safe_dump(_poison(document, names, texts), allow_unicode=True), encoding="utf-8")


def _poison(document: object, names: Iterator[str], texts: Iterator[str]) -> object:
    if isinstance(document, list):
        return [_poison(entry, names, texts) for entry in document]
    if not isinstance(document, dict):
        return document
    poisoned = {
        key: next(texts) if key in FIELDS and isinstance(value, str) else _poison(value, names, texts)
        for key, value in document.items()
    }
    if isinstance(document.get("name"), dict):
        stem = str(document.get("id", "")).partition("/")[2]
        name = RECORDS.get(stem) or next(names)
        poisoned["name"] = {"en": name, "zh": name}
    return poisoned


def _make_refused() -> list[dict]:
    """Return rows that the warehouse refuses and shows among what it refused."""
    return [published(text, 0.5, benchmark=text, source=text, reported_by=text) for text in TEXTS]


def _land_answers(home: Path, model: str, marks: list[int]) -> None:
    """Land a run of our own on one item for every text of the corpus, which is its prompt, target and answer."""
    endpoint = {"cathay/two": "alpha", "columbia/dos": "beta"}[model]
    asked = [*TEXTS, "W" * 60_000]
    samples = [
        sample(doc, float(marks[doc % 2]), answer=text, target=text, filtered_answer=text, prompt=text)
        for doc, text in enumerate(asked)
    ]
    calls = [
        call(f"{endpoint}-{doc}", doc_id=doc, outcome="http_error", detail=text, answer=text, finish_reason=text)
        for doc, text in enumerate(TEXTS)
    ]
    for days, version in ((0, "1"), (7, "1"), (14, "2")):
        at = AT + timedelta(days=days)
        score = Score(
            model=model, benchmark="sums", task="sums-en", score=0.5, stderr=0.1, origin="measured", source="modelgap",
            measured_at=at, n_samples=len(asked), notes=MARKUP[1],
            protocol=Protocol(benchmark="sums", metric="exact_match", task="sums-en", task_version=version),
        )  # fmt: skip
        known = {"outcomes": {"ok": len(asked)}, "failures": {f"http_error: {text}": 1 for text in TEXTS}}
        land(
            home, f"{endpoint}-{days}", [score.model_dump(mode="json")], samples=samples, calls=calls, kind="measured",
            endpoint=endpoint, model=model, started_at=at, finished_at=at, cost_usd=0.5, **known,
        )  # fmt: skip
