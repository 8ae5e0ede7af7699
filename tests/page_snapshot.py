"""A published snapshot with something on every page: prices, claims, counts, a video board, runs with samples.

Names, statements and answers are hostile, so that whatever shows them must show letters.
"""

import json
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml
from streamlit.testing.v1 import AppTest
from warehouse_kit import DEVELOPERS, land, land_field, published, sample, write_registry

import dashboard
from collectors.records import Protocol, Score
from collectors.registry_loader import load_registry
from warehouse.build import build_warehouse

APP = Path(dashboard.__file__).with_name("app.py")
_folder = tempfile.TemporaryDirectory(prefix="modelgap-pages-")
LINK = '<a href="javascript:alert(1)">x</a>'
BEACON = "![x](http://127.0.0.1:9/beacon.png)"
FORMULA = "=1+1"
BIDI = "a\u202eb\u200bc"
HOSTILE = (LINK, BEACON)
A, B = "cathay/two", "columbia/dos"
FIRST = datetime(2026, 1, 5, 12, tzinfo=UTC)
VIDEO = {
    "openai": ("US", {"sora": ("2024-02-15", 1000.0), "sora-2": ("2025-09-30", 1300.0)}),
    "kuaishou": ("CN", {"kling-1": ("2024-06-06", 950.0), "kling-2": ("2025-06-15", 1100.0)}),
}
"""On the board: the first domestic model as good as Sora came 16 months later; two domestic records are too few."""


def make_snapshot(folder: Path) -> Path:
    """Return the data directory `folder/home` with a snapshot built for real."""
    home, registry = folder / "home", folder / "registry"
    write_pages_registry(registry)
    land_field(home)
    land_video(home)
    _land_runs(home)
    build_warehouse(home, load_registry(bundled=registry))
    return home


def write_pages_registry(registry: Path, developers: dict = DEVELOPERS) -> None:
    """Write a registry with something for every page."""
    write_registry(registry, developers)
    _add_to_models(registry)
    _add_to_registry(registry)


def _add_to_models(registry: Path) -> None:
    """Give models prices and hostile names, and add those of the video board."""
    for developer, named in (("cathay", {"two": LINK}), ("columbia", {"dos": BEACON})):
        path = registry / "models" / f"{developer}.yaml"
        document = yaml.safe_load(path.read_text())
        for number, model in enumerate(document["models"], 1):
            stem = model["id"].partition("/")[2]
            model["name"] = {"en": named.get(stem, stem.title())}
            model["prices"] = [{"from": date(2024, 1, 1), "input": number, "output": 2.0 * number, "currency": "USD"}]
        _write(path, document)
    for developer, (country, models) in VIDEO.items():
        rows = [
            {"id": f"{developer}/{stem}", "name": {"en": stem.title()}, "release_date": date.fromisoformat(day),
             "modality": "video"}
            for stem, (day, _) in models.items()
        ]  # fmt: skip
        document = {"developer": developer, "name": {"en": developer}, "country": country, "models": rows}
        _write(registry / "models" / f"{developer}.yaml", document)


def _add_to_registry(registry: Path) -> None:
    domains = yaml.safe_load((registry / "domains.yaml").read_text())
    _write(registry / "domains.yaml", [*domains, {"id": "video-generation", "name": {"en": "Video"}}])
    benchmarks = yaml.safe_load((registry / "benchmarks.yaml").read_text())
    benchmarks += [
        {"id": "exam", "name": {"en": "Exam"}, "domain": "knowledge", "chance_floor": 0.25},
        {"id": "video-arena", "name": {"en": "Video arena"}, "domain": "video-generation", "unit": "elo"},
    ]
    _write(registry / "benchmarks.yaml", benchmarks)
    exam = {
        "id": "exam-zh", "benchmark": "exam", "name": {"en": "Exam"}, "domain": "knowledge", "max_tokens": 64,
        "lm_eval": {"task": "exam", "metric": "exact_match"}, "chance_floor": 0.25, "dataset": {"hub": "a/b"},
    }  # fmt: skip
    _write(registry / "tasks" / "exam-zh.yaml", exam)
    _write(registry / "suites" / "weekly.yaml", {
        "id": "weekly", "tasks": ["sums-en"], "schedule": {"cron": "0 3 * * 1", "timezone": "Asia/Shanghai"},
    })  # fmt: skip
    for name, model in (("alpha", A), ("beta", B), ("unused", "cathay/one")):
        endpoint = {
            "id": name, "model": model, "api": "openai-chat", "base_url": "https://example.org/v1",
            "served_model": name, "schedule": "weekly",
        }  # fmt: skip
        _write(registry / "endpoints" / f"{name}.yaml", endpoint)
    chance = {"id": "chance", "model": "baseline/chance", "api": "openai-chat", "embedded": "chance"}
    _write(registry / "endpoints" / "chance.yaml", chance | {"served_model": "chance"})
    _write(registry / "claims.yaml", [
        _claim("points", {"quantity": "points", "benchmark": "quiz", "low": 0.0, "high": 30.0}),
        _claim("wrong", {"quantity": "points", "benchmark": "quiz", "low": 60.0, "high": 70.0}),
        _claim("open", {"quantity": "none", "reason": "nothing to measure"}),
    ])  # fmt: skip
    _write(registry / "landscape.yaml", [
        _count("filed-2024", date(2024, 5, 1), 100, "filed"),
        _count("filed-2025", date(2025, 5, 1), 300, "filed"),
        _count("other-2025", date(2025, 6, 1), 50, "other", is_lower_bound=True),
    ])  # fmt: skip


def _claim(name: str, check: dict) -> dict:
    return {
        "id": name, "statement": f"{name}: {LINK} {BEACON}", "claimant": f"Somebody {LINK}", "metric": "points",
        "claim_date": date(2026, 1, 1), "domain": "knowledge", "source": "https://example.org/claim",
        "source_kind": "secondary", "check": check,
    }  # fmt: skip


def _count(name: str, day: date, n: int, series: str, **more: object) -> dict:
    return {
        "id": name, "count_date": day, "count": n, "what": f"models {LINK}", "series": series,
        "source": "https://example.org/count",
    } | more  # fmt: skip


def land_video(home: Path) -> None:
    """Land the ratings of the video board, and a run of which nothing is known."""
    protocol = Protocol(benchmark="video-arena", metric="rating", board="arena/2026-01-01")
    known = {"origin": "leaderboard", "source": "board", "published_date": date(2026, 1, 1), "stderr": 4.0}
    scores = [
        Score(
            model=f"{developer}/{stem}", benchmark="video-arena", protocol=protocol, score=score, unit="elo",
            first_known_date=date(2026, 1, 1), **known,
        ).model_dump(mode="json")
        for developer, (_, models) in VIDEO.items() for stem, (_, score) in models.items()
    ]  # fmt: skip
    land(home, "published-video", scores)
    land(home, "published-bad", [published("nobody/nothing", 0.5)])


def _land_runs(home: Path) -> None:
    """Land two endpoints on the same items, one of them again under another protocol, and an incomplete run."""
    _land_run(home, "alpha-1", "alpha", A, [1, 1, 0, 1, 1, 0], cost_usd=0.5)
    _land_run(home, "beta-1", "beta", B, [0, 1, 0, 1, 0, 0], cost_usd=None)
    for days, version in ((7, "1"), (14, "2")):
        _land_run(home, f"alpha-{days}", "alpha", A, [1, 1, 0, 0, 1, 0], days=days, version=version, cost_usd=0.5)
    late = {"endpoint": "chance", "model": "baseline/chance", "is_simulated": True, "kind": "measured"}
    land(home, "chance-1", [], status="incomplete", outcomes={"ok": 3, "timeout": 1}, **late)


def _land_run(
    home: Path, run: str, endpoint: str, model: str, marks: list[int], *, days: int = 0, version: str = "1", **more
) -> None:
    at = FIRST + timedelta(days=days)
    answers = [f"{LINK} {BEACON} {FORMULA} {BIDI} {mark}" for mark in marks]
    samples = [
        sample(doc, float(mark), task=task, answer=answer, target="2", prompt=prompt)
        for task in ("sums-en", "exam-zh")
        for prompt in [json.dumps([{"content": f"secret-{task}"}])]
        for doc, (mark, answer) in enumerate(zip(marks, answers, strict=True))
    ]  # fmt: skip
    scores = [
        Score(
            model=model, benchmark=benchmark, task=task, score=sum(marks) / len(marks), stderr=0.2, origin="measured",
            source="modelgap", measured_at=at, n_samples=len(marks),
            protocol=Protocol(benchmark=benchmark, metric="exact_match", task=task, task_version=version),
        ).model_dump(mode="json")
        for benchmark, task in (("sums", "sums-en"), ("exam", "exam-zh"))
    ]  # fmt: skip
    outcomes = {"outcomes": {"ok": 12}, "started_at": at - timedelta(minutes=1), "finished_at": at}
    land(home, run, scores, samples=samples, kind="measured", endpoint=endpoint, model=model, **outcomes, **more)


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


@cache
def get_home() -> Path:
    """Return the data directory of such a snapshot, built once a test session; nothing may change it."""
    return make_snapshot(Path(_folder.name))


def open_page(monkeypatch, page: str, **query: str) -> AppTest:
    """Return the app on one of its pages (a file's stem in views/), with the choices of `query` in the address."""
    monkeypatch.setenv("MODELGAP_HOME", str(get_home()))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update(query)
    app.run()
    app = app.switch_page(f"views/{page}.py").run()
    assert not app.exception, app.exception
    return app


def get_figures(app: AppTest) -> list[dict]:
    """Return the figures on a page as Plotly's own JSON."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def get_notes(figure: dict) -> str:
    """Return all that is written on a figure."""
    return "\n".join(note["text"] for note in figure["layout"]["annotations"]).replace("<br>", " ")


def get_words(app: AppTest) -> str:
    """Return what a page says outside of figures and tables, letter by letter."""
    kinds = ("markdown", "text", "caption", "header", "subheader", "code")
    return "\n".join(element.value for kind in kinds for element in app.get(kind))


def assert_inert(app: AppTest) -> None:
    """Hold a page's markup and figures to letters: no name of ours in markdown, no tag in a figure's text."""
    for element in [*app.get("markdown"), *app.get("caption"), *app.get("header"), *app.get("subheader")]:
        assert BEACON not in element.value and LINK not in element.value
    for figure in get_figures(app):
        text = json.dumps(figure, ensure_ascii=False)
        assert "<a " not in text and "\u202e" not in text
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
