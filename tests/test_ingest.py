"""Taking in the landing: what stands, and what is refused with which reason, without ever stopping a build."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from warehouse_kit import build, call, land, make_registry, measured, published, sample

from collectors.efforts import TIERS, read_tier
from collectors.entries import Source
from collectors.landing import land_run
from collectors.records import Manifest
from warehouse.facts import shape_scores
from warehouse.ingest import hash_inputs, read_landing
from warehouse.publish import hash_file


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path):
    return make_registry(tmp_path / "registry")


def read(home: Path):
    return read_landing(home / "landing")


def spoil_json(path: Path) -> None:
    path.write_text("{not json", encoding="utf-8")


def spoil_version(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}), encoding="utf-8")


def spoil_field(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"status": "perhaps"}), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("manifest.json", Path.unlink, "cannot be read"),
        ("manifest.json", spoil_json, "cannot be read"),
        ("manifest.json", spoil_version, "schema version is unknown; got 99"),
        ("manifest.json", spoil_field, "status"),
        ("results.json", Path.unlink, "missing"),
        ("results.json", spoil_json, "checksum"),
        ("samples.parquet", Path.unlink, "missing"),
        ("samples.parquet", lambda path: path.write_bytes(path.read_bytes()[:-9]), "checksum"),
    ],
)
def test_a_torn_run_is_refused_and_the_others_stand(home, name, spoil, reason):
    land(home, "whole", [published("cathay/one", 0.4)])
    torn = land(home, "torn", [measured("cathay/one", 0.4)], kind="measured", samples=[sample(1, 1.0)])
    spoil(torn / name)
    standing, rejects = read(home)
    assert [run.manifest.run for run in standing] == ["whole"]
    assert [(reject.location, reject.reason) for reject in rejects] == [("run=torn", "run is torn or unknown")]
    assert reason in rejects[0].detail


def test_a_table_of_other_columns_is_refused(home):
    target = land(home, "odd", [], samples=[sample(1, 1.0)])
    table = pa.table({"task": ["sums-en"]})
    pq.write_table(table, target / "samples.parquet")
    certify(target, "samples.parquet")
    assert "columns differ" in read(home)[1][0].detail


def test_what_is_no_run_is_refused_and_hidden_directories_are_passed_over(home):
    land(home, "whole", [])
    (home / "landing" / "notes.txt").write_text("x")
    (home / "landing" / "backup").mkdir()
    (home / "landing" / ".aside-1").mkdir()
    standing, rejects = read(home)
    assert len(standing) == 1
    assert [reject.location for reject in rejects] == ["backup", "notes.txt"]


def test_no_landing_is_an_empty_one(home):
    assert read(home) == ([], [])


def test_the_newest_intact_attempt_stands(home):
    for attempt in (1, 2, 3):
        land(home, "again", [published("cathay/one", attempt / 10)], attempt=attempt)
    assert read(home)[0][0].manifest.attempt == 3
    (home / "landing" / "run=again.a3" / "results.json").unlink()
    standing, rejects = read(home)
    assert [run.manifest.attempt for run in standing] == [2]
    assert len(rejects) == 1


def test_the_inputs_hash_changes_with_what_lands_and_only_then(home):
    empty = hash_inputs(home / "landing", ["registry"])
    target = land(home, "one", [published("cathay/one", 0.4)])
    landed = hash_inputs(home / "landing", ["registry"])
    assert landed == hash_inputs(home / "landing", ["registry"])
    assert len({empty, landed, hash_inputs(home / "landing", ["other registry"])}) == 3
    shutil.rmtree(target)
    assert hash_inputs(home / "landing", ["registry"]) == empty


RIGHT = published("cathay/one", 0.4)


@pytest.mark.parametrize(
    ("kind", "score", "reason", "detail"),
    [
        ("published", RIGHT | {"model": "cathay/none"}, "model is not registered", "cathay/none"),
        ("published", RIGHT | {"benchmark": "none"}, "benchmark is not registered", "none"),
        ("published", RIGHT | {"score": 1.01}, "score is out of range", "score 1.01"),
        ("published", RIGHT | {"score": -0.01}, "score is out of range", "score -0.01"),
        ("published", RIGHT | {"score_answered_only": 2.0}, "score is out of range", "score_answered_only 2.0"),
        ("published", RIGHT | {"score": "much"}, "score does not fit the contract", "score"),
        ("published", RIGHT | {"stderr": -0.1}, "score does not fit the contract", "stderr"),
        ("published", RIGHT | {"surprise": 1}, "score does not fit the contract", "surprise"),
        ("published", "no mapping", "score does not fit the contract", "no mapping"),
        ("published", RIGHT | {"unit": "elo"}, "unit is not the benchmark's", "elo"),
        ("published", published("cathay/one", 1200.0, benchmark="votes"), "rating names no board", "board"),
        ("published", measured("cathay/one", 0.4), "evidence is of the wrong kind", "origin measured"),
        ("measured", RIGHT, "evidence is of the wrong kind", "origin independent"),
        ("measured", measured("cathay/one", 0.4) | {"task": "none"}, "task is not registered", "none"),
    ],
)
def test_a_score_that_cannot_be_right_is_refused_with_its_reason_and_kept(home, registry, kind, score, reason, detail):
    good = measured("cathay/two", 0.5) if kind == "measured" else published("cathay/two", 0.5)
    landed = land_raw(home, kind, [good, score])
    facts = shape_scores(landed, registry)
    assert [row["model"] for row in facts.scores] == ["cathay/two"]
    (reject,) = facts.rejects
    assert (reject.reason, reject.run) == (reason, "raw")
    assert detail in reject.detail
    assert json.loads(reject.raw) == score


@pytest.mark.parametrize("fields", [{"source": "closed-lab"}, {"reported_by": "Closed  Lab"}])
def test_a_figure_that_its_source_forbids_to_show_is_in_no_snapshot_whoever_hands_it_on(home, registry, fields):
    board = registry.sources["board"]
    closed = board.model_copy(update={"id": "closed-lab", "redistribute": False, "show": False})
    landed = land_raw(home, "published", [published("cathay/two", 0.5), RIGHT | fields])
    facts = shape_scores(landed, replace(registry, sources={"board": board, "closed-lab": closed}))
    assert [row["model"] for row in facts.scores] == ["cathay/two"]
    assert [(reject.reason, reject.detail) for reject in facts.rejects] == [
        ("source's terms forbid showing it", "closed-lab")
    ]
    with pytest.raises(ValidationError, match="needs 'show'"):
        Source(**closed.model_dump(mode="json") | {"redistribute": True})


def land_raw(home: Path, kind: str, scores: list):
    """Land scores that the landing itself would not let in."""
    target = land(home, "raw", [], kind=kind)
    (target / "results.json").write_text(json.dumps({"scores": scores}))
    certify(target, "results.json")
    return read(home)[0]


def certify(target: Path, name: str) -> None:
    """Write the checksum of a file, changed after landing, into the run's manifest."""
    manifest = json.loads((target / "manifest.json").read_text())
    manifest["files"][name] = hash_file(target / name)
    (target / "manifest.json").write_text(json.dumps(manifest))


def test_a_measured_figure_stands_once_a_run_and_a_published_one_may_have_two_values(home, registry):
    twice = [measured("cathay/one", 0.4), measured("cathay/one", 0.5)]
    land(home, "ours", twice, kind="measured")
    land(home, "theirs", [published("cathay/one", 0.4), published("cathay/one", 0.4), published("cathay/one", 0.5)])
    facts = shape_scores(read(home)[0], registry)
    assert sorted(row["score"] for row in facts.scores) == [0.4, 0.4, 0.5]
    assert [(reject.run, reject.reason) for reject in facts.rejects] == [
        ("ours", "score is given twice in its run"),
        ("theirs", "score is given twice in its run"),
    ]


def test_a_standard_error_of_zero_is_unknown(home, registry):
    land(
        home,
        "ours",
        [measured("cathay/one", 1.0, stderr=0.0), measured("cathay/two", 0.5, stderr=0.1)],
        kind="measured",
    )
    facts = shape_scores(read(home)[0], registry)
    assert [row["stderr"] for row in facts.scores] == [None, 0.1]


def test_samples_and_calls_that_do_not_fit_are_refused_row_by_row(home, registry):
    samples = [sample(1, 1.0), sample(2, 1.5), sample(3, None), sample(4, 0.0, outcome="lost"), sample(1, 0.0)]
    calls = [call("a"), call("b", outcome="lost"), call("a"), call("c")]
    land(home, "ours", [measured("cathay/one", 0.5)], kind="measured", samples=samples, calls=calls)
    snapshot = build(home, registry)
    assert [row["doc_id"] for row in snapshot.rows("FROM sample ORDER BY doc_id")] == [1, 3]
    assert [row["call_key"] for row in snapshot.rows("FROM call ORDER BY call_key")] == ["a", "c"]
    rejects = snapshot.rows("SELECT reason, count(*) AS n FROM reject GROUP BY reason ORDER BY reason")
    assert rejects == [
        {"reason": "call does not fit the contract", "n": 1},
        {"reason": "call is given twice in its run", "n": 1},
        {"reason": "sample does not fit the contract", "n": 2},
        {"reason": "sample is given twice in its run", "n": 1},
    ]
    raw = snapshot.rows("SELECT raw FROM reject WHERE reason LIKE 'call does not%'")[0]["raw"]
    assert json.loads(raw)["outcome"] == "lost"


def test_a_run_landed_through_the_door_is_taken_in_whole(home, registry):
    manifest = Manifest(
        run="full", kind="measured", status="incomplete", started_at="2026-01-01T00:00:00Z",
        finished_at="2026-01-01T01:00:00Z", modelgap_version="0", outcomes={"ok": 3}, tasks=("sums-en",), limit=5,
    )  # fmt: skip
    land_run(home, manifest, {"scores": []})
    (row,) = build(home, registry).rows("FROM run")
    assert (row["status"], row["sample_limit"], dict(row["outcomes"]), row["tasks"]) == (
        "incomplete", 5, {"ok": 3}, ["sums-en"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("effort", "setting", "model", "tier"),
    [
        (None, None, "", "default"),
        ("high", "anything", "", "high"),
        ("non-thinking", None, "", "none"),
        ("unheard-of", None, "", "default"),
        (None, "gpt-5.4-2026-03-05_xhigh", "openai/gpt-5.4", "xhigh"),
        (None, "gpt-5.6-sol_promax", "openai/gpt-5.6-sol", "max"),
        (None, "claude-opus-4-5-20251101_32K", "anthropic/claude-opus-4.5", "thinking"),
        (None, "claude-opus-4-5-20251101_unknown", "anthropic/claude-opus-4.5", "default"),
        (None, "thinking; no tools", "", "thinking"),
        (None, "non-thinking; avg@64", "", "none"),
        (None, "max, with fallback; full, no tools", "", "max"),
        (None, "Claude Code; high", "", "high"),
        (None, "o3-mini; o3-mini high", "openai/o3-mini", "high"),
        (None, "glm-5.2-max; style control", "zai/glm-5.2", "max"),
        (None, "qwen3-max; style control", "qwen/qwen3-max", "default"),
        (None, "qwen3.8-max_xhigh", "qwen/qwen3.8-max", "xhigh"),
        (None, "gpt-5.1-codex-max", "openai/gpt-5.1-codex-max", "default"),
        (None, "mistral-medium-2505", "mistralai/mistral-medium-3", "default"),
        (None, "gemini-3-flash (thinking-minimal); style control", "google/gemini-3-flash", "minimal"),
        (None, "qwen3-235b-a22b-no-thinking; style control", "qwen/qwen3-235b-a22b", "none"),
        (None, "5-shot; Baichuan-2-7B-Base", "baichuan/baichuan2-7b", "base"),
        (None, "base; 5-shot", "", "base"),
        (None, "gpt-4-0613; 5-shot, Commonsense reasoning", "openai/gpt-4", "default"),
        (None, "claude-opus-4; Parallel test-time compute (many attempts)", "", "parallel"),
        ("extended thinking", None, "", "thinking"),
        (None, "kimi-k2.5-instant; style control", "moonshotai/kimi-k2.5", "none"),
        (None, "qwen3-235b-a22b-instruct-2507; style control", "qwen/qwen3-235b-a22b-2507", "none"),
        (None, "Qwen3-235B-A22B-Thinking-2507", "qwen/qwen3-235b-a22b-2507", "thinking"),
        (None, "deepseek-reasoner", "deepseek/deepseek-v3.2", "thinking"),
        (None, "claude-3-5-sonnet-20241022; Maj@32 5-shot CoT", "anthropic/claude-3.5-sonnet-2024-10", "parallel"),
    ],
)
def test_the_effort_tier_is_read_from_the_words_of_a_setting(effort, setting, model, tier):
    assert read_tier(effort, setting, model) == tier


def test_the_stated_order_of_tiers():
    assert TIERS == (
        "max", "xhigh", "high", "thinking", "medium", "default", "low", "minimal", "none", "parallel", "base",
    )  # fmt: skip
