"""Building: from landing and registry alone, the same from the same, and never in the way of the former snapshot."""

import shutil

import duckdb
import pytest
from warehouse_kit import build, call, land, land_field, make_registry, measured, published, sample

import warehouse.build
from collectors.errors import WarehouseError
from warehouse.build import build_warehouse
from warehouse.publish import get_directory, read_published
from warehouse.snapshot import open_current


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    land_field(home)
    samples = [sample(1, 1.0), sample(2, 0.0)]
    scores = [measured("baseline/chance", 0.5, stderr=0.3, n_samples=2)]
    land(
        home, "ours", scores, kind="measured", samples=samples, calls=[call("a")], model="baseline/chance", cost_usd=0.1
    )
    return home


@pytest.fixture
def registry(tmp_path):
    return make_registry(tmp_path / "registry")


def test_everything_landed_and_registered_is_in_the_snapshot(home, registry):
    snapshot = build(home, registry)
    counts = snapshot.meta["counts"]
    assert {name: counts[name] for name in ("model", "benchmark", "run", "score", "sample", "call", "reject")} == {
        "model": 8, "benchmark": 3, "run": 2, "score": 9, "sample": 2, "call": 1, "reject": 0,
    }  # fmt: skip
    assert snapshot.rows("SELECT bloc, count(*) AS n FROM model GROUP BY bloc ORDER BY bloc") == [
        {"bloc": "baseline", "n": 1}, {"bloc": "domestic", "n": 3}, {"bloc": "frontier", "n": 3},
        {"bloc": "other", "n": 1},
    ]  # fmt: skip
    (run,) = snapshot.rows("FROM run_health")
    assert (run["n_calls"], run["n_ok"], run["latency_p50_s"], run["cost_usd"], run["n_scores"]) == (1, 1, 0.5, 0.1, 1)
    (source,) = snapshot.rows("FROM source_freshness WHERE is_registered")
    assert (source["source"], source["n_scores"], str(source["retrieved_on"])) == ("board", 8, "2026-01-01")


def test_building_again_says_nothing_new_and_publishes_nothing(home, registry):
    first = build_warehouse(home, registry)
    steps = []
    assert build_warehouse(home, registry, progress=steps.append) == first
    assert steps == ["nothing new"]
    assert len(read_published(home)) == 1


def test_the_same_landing_and_registry_give_the_same_tables(home, registry):
    build_warehouse(home, registry)
    before = read_published(home)[0].content
    steps = []
    build_warehouse(home, registry, force=True, progress=steps.append)
    assert steps[-1] == "nothing new in the tables"
    shutil.rmtree(get_directory(home))
    build_warehouse(home, registry)
    assert read_published(home)[0].content == before


def test_new_evidence_or_a_changed_registry_is_published(home, registry, tmp_path):
    paths = [build_warehouse(home, registry)]
    land(home, "more", [published("europa/un", 0.6, benchmark="sums")])
    paths.append(build_warehouse(home, registry))
    developers = {"cathay": ("HK", {"one": "2024-03-01", "two": "2025-02-01", "three": "2025-11-01"})}
    paths.append(build_warehouse(home, make_registry(tmp_path / "registry", developers)))
    assert len(set(paths)) == 3
    assert open_current(home).path == paths[-1]


def test_a_new_column_of_an_empty_table_is_new():
    with duckdb.connect() as before, duckdb.connect() as after:
        before.execute("CREATE TABLE reject (reason VARCHAR)")
        after.execute("CREATE TABLE reject (reason VARCHAR, n_refused INTEGER)")
        assert warehouse.build.hash_content(before) != warehouse.build.hash_content(after)


def test_a_torn_run_does_not_stop_a_build(home, registry):
    (home / "landing" / "run=ours" / "manifest.json").write_text("{")
    snapshot = build(home, registry)
    assert snapshot.meta["counts"]["run"] == 1
    assert snapshot.rows("SELECT reject_location, reason FROM reject") == [
        {"reject_location": "run=ours", "reason": "run is torn or unknown"}
    ]


def test_a_failed_check_leaves_the_former_snapshot_current(home, registry, monkeypatch):
    former = build_warehouse(home, registry)
    land(home, "more", [published("europa/un", 0.6, benchmark="sums")])

    def fail(connection):
        raise WarehouseError("check 'made up': broken by 1 rows")

    monkeypatch.setattr(warehouse.build, "run_checks", fail)
    with pytest.raises(WarehouseError, match="made up"):
        build_warehouse(home, registry)
    assert open_current(home).path == former
    assert not list(get_directory(home).glob("building-*"))


def test_a_damaged_or_missing_snapshot_is_built_again(home, registry):
    path = build_warehouse(home, registry)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    again = build_warehouse(home, registry)
    assert again != path and open_current(home).path == again
    again.unlink()
    assert build_warehouse(home, registry) not in (path, again)


def test_nothing_landed_is_an_empty_warehouse(tmp_path, registry):
    snapshot = build(tmp_path / "empty", registry)
    assert snapshot.meta["counts"]["score"] == 0
    assert snapshot.rows("FROM scale") == []
    assert set(snapshot.meta["index_problems"]) == {"index", "index:independent", "eci"}


def test_a_killed_build_leaves_nothing_that_stays(home, registry):
    get_directory(home).mkdir(parents=True)
    debris = get_directory(home) / "building-1.duckdb"
    debris.write_text("half a file")
    build_warehouse(home, registry)
    assert not debris.exists()
