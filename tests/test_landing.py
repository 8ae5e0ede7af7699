import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from collectors.errors import LandingError
from collectors.landing import land_run, list_landed, next_attempt, read_landed
from collectors.records import CALLS, SAMPLES, Manifest, Protocol, Score

AT = datetime(2026, 1, 5, 3, tzinfo=UTC)


def make_manifest(run="r1", **changes):
    fields = dict(
        run=run, kind="measured", status="complete", started_at=AT, finished_at=AT, modelgap_version="0", tasks=("t",)
    )
    return Manifest(**fields | changes)


def make_results(value=0.5):
    score = Score(
        model="dev/model",
        benchmark="b",
        origin="measured",
        source="modelgap",
        protocol=Protocol(benchmark="b", metric="exact_match"),
        score=value,
    )
    return {"scores": [score.model_dump(mode="json")], "lm_eval": {"versions": {"t": 1}}}


def make_samples(answer="4"):
    row = {"task": "t", "doc_id": 0, "repeat": 0, "outcome": "ok", "answer": answer, "mark": 1.0}
    return pa.Table.from_pylist([row], schema=SAMPLES)


def make_calls():
    row = {"call_key": "k", "task": "t", "doc_id": 0, "repeat": 0, "outcome": "ok", "started_at": AT}
    return pa.Table.from_pylist([row], schema=CALLS)


def list_names(home):
    """Return the names in a landing; what is written aside and landed leaves nothing behind."""
    assert list((home / "landing" / ".aside").iterdir()) == []
    return sorted(entry.name for entry in (home / "landing").iterdir())


def test_a_landed_run_reads_back_as_it_was(tmp_path):
    path = land_run(tmp_path, make_manifest(), make_results(), make_samples("四"), make_calls())
    content = read_landed(path, verify=True)
    assert path == tmp_path / "landing" / "run=r1"
    assert set(content.manifest.files) == {"results.json", "samples.parquet", "calls.parquet"}
    assert content.scores[0].score == 0.5
    assert content.results["lm_eval"] == {"versions": {"t": 1}}
    assert content.samples.column("answer").to_pylist() == ["四"]
    assert content.calls.schema.equals(CALLS)
    assert list_names(tmp_path) == [".aside", "run=r1"]


def test_a_published_run_lands_without_tables(tmp_path):
    path = land_run(tmp_path, make_manifest(kind="published"), make_results())
    content = read_landed(path, verify=True)
    assert content.samples is None and content.calls is None


def test_landing_the_same_evidence_again_changes_nothing(tmp_path):
    path = land_run(tmp_path, make_manifest(), make_results(), make_samples(), make_calls())
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in path.iterdir()}
    later = make_manifest(finished_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert land_run(tmp_path, later, make_results(), make_samples(), make_calls()) == path
    assert {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in path.iterdir()} == before


def test_other_evidence_never_overwrites_a_landed_run(tmp_path):
    path = land_run(tmp_path, make_manifest(), make_results(0.5))
    with pytest.raises(LandingError, match="other evidence already stands"):
        land_run(tmp_path, make_manifest(), make_results(0.9))
    assert read_landed(path, verify=True).scores[0].score == 0.5
    assert list_names(tmp_path) == [".aside", "run=r1"]


def test_the_newest_attempt_stands(tmp_path):
    for attempt in (1, 2, 10):
        assert next_attempt(tmp_path, "r1") == (1, 2, 3)[(1, 2, 10).index(attempt)]
        land_run(tmp_path, make_manifest(attempt=attempt), make_results(attempt / 100))
    land_run(tmp_path, make_manifest(run="r1.x"), make_results())
    assert [(run.manifest.run, run.manifest.attempt) for run in list_landed(tmp_path)] == [("r1", 10), ("r1.x", 1)]
    assert len(list_landed(tmp_path, all_attempts=True)) == 4
    assert (next_attempt(tmp_path, "r1"), next_attempt(tmp_path, "r1.x")) == (11, 2)


@pytest.mark.parametrize("run", ["", "../up", "a/b", ".hidden", "x.a2", "a" * 201, "sp ace", "new\nline"])
def test_a_run_id_unsafe_as_a_file_name_is_refused(tmp_path, run):
    with pytest.raises(LandingError, match="not safe as a file name"):
        land_run(tmp_path, make_manifest(run=run), make_results())
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize("name", ["results.json", "samples.parquet", "calls.parquet"])
def test_a_damaged_file_is_named(tmp_path, name):
    path = land_run(tmp_path, make_manifest(), make_results(), make_samples(), make_calls())
    body = bytearray((path / name).read_bytes())
    body[len(body) // 2] ^= 1
    (path / name).write_bytes(body)
    with pytest.raises(LandingError, match=f"{name}: checksum differs"):
        read_landed(path, verify=True)


@pytest.mark.parametrize("name", ["results.json", "samples.parquet", "manifest.json"])
def test_a_missing_file_is_named(tmp_path, name):
    path = land_run(tmp_path, make_manifest(), make_results(), make_samples(), make_calls())
    (path / name).unlink()
    with pytest.raises(LandingError, match=f"{name}: (missing|cannot be read)"):
        read_landed(path)


@pytest.mark.parametrize("text", ["", "{", '{"run": "r1"}', "\x00\xff"])
def test_a_torn_manifest_is_named(tmp_path, text):
    path = land_run(tmp_path, make_manifest(), make_results())
    (path / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(LandingError, match=r"manifest\.json"):
        list_landed(tmp_path)


def test_a_score_that_breaks_the_contract_does_not_land(tmp_path):
    results = make_results()
    results["scores"][0]["stderr"] = -1
    with pytest.raises(LandingError, match="stderr"):
        land_run(tmp_path, make_manifest(), results)
    assert list_landed(tmp_path) == []


def test_a_lone_surrogate_in_an_answer_does_not_lose_the_run(tmp_path):
    results = make_results()
    results["lm_eval"]["note"] = "\ud800"
    assert read_landed(land_run(tmp_path, make_manifest(), results), verify=True).results["lm_eval"]["note"] == "?"


def test_a_landing_killed_midway_leaves_nothing_that_is_listed(tmp_path):
    child = os.fork()
    if child == 0:
        os.rename = lambda *_: os._exit(9)
        land_run(tmp_path, make_manifest(), make_results(), make_samples())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert list_landed(tmp_path) == []
    (aside,) = (tmp_path / "landing" / ".aside").iterdir()
    os.utime(aside, (0, 0))
    land_run(tmp_path, make_manifest(), make_results(), make_samples())
    assert not aside.exists()
    assert list_names(tmp_path) == [".aside", "run=r1"]
    assert len(list_landed(tmp_path)) == 1


def test_many_landing_at_once_leave_one_whole_run(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: land_run(tmp_path, make_manifest(), make_results(), make_samples()), range(16)))
    assert len(set(paths)) == 1
    assert json.loads((paths[0] / "manifest.json").read_text())["run"] == "r1"
    read_landed(paths[0], verify=True)
    assert list_names(tmp_path) == [".aside", "run=r1"]


def test_the_newest_attempt_stands_even_where_it_speaks_of_an_earlier_day(tmp_path):
    for attempt, day in ((1, "2026-02-01"), (2, "2026-01-01")):
        at = f"{day}T00:00:00Z"
        manifest = Manifest(
            run="import-a", attempt=attempt, kind="published", status="complete", started_at=at, finished_at=at,
            modelgap_version="0",
        )  # fmt: skip
        land_run(tmp_path, manifest, {"scores": [], "n": attempt})
    assert [run.manifest.attempt for run in list_landed(tmp_path)] == [2]
    assert len(list_landed(tmp_path, all_attempts=True)) == 2
