"""Reading: hardened, whole, from any number of threads, and the newest as soon as CURRENT has changed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from warehouse_kit import build, land, land_field, make_registry, published

from collectors.errors import UsageError, WarehouseError
from collectors.importers.catalogue import CATALOGUE, Entry
from collectors.importers.raw_store import RawStore
from warehouse import read
from warehouse.build import build_warehouse
from warehouse.snapshot import open_current, open_snapshot


@pytest.fixture
def home(tmp_path):
    land_field(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path):
    return make_registry(tmp_path / "registry")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("read")
    land_field(folder / "home")
    return build(folder / "home", make_registry(folder / "registry"))


def test_nothing_published_says_what_to_do(tmp_path):
    with pytest.raises(WarehouseError, match=r"nothing was published yet. Run `modelgap build`."):
        open_current(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x (a INT)",
        "DELETE FROM score",
        "FROM read_csv('/etc/hostname')",
        "COPY score TO '/tmp/modelgap-leak.csv'",
        "ATTACH '/tmp/modelgap-other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "FROM home",
    ],
)
def test_a_snapshot_can_neither_write_nor_reach_outside(snapshot, sql):
    with pytest.raises(WarehouseError, match="query failed"):
        snapshot.query(sql)


def test_a_flipped_bit_is_found_before_anything_is_read(home, registry):
    path = build_warehouse(home, registry)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WarehouseError, match="damaged, its SHA-256 is not the published one"):
        open_current(home)


def test_a_missing_snapshot_says_what_to_do(home, registry):
    build_warehouse(home, registry).unlink()
    with pytest.raises(WarehouseError, match=r"no such snapshot. Run `modelgap build`"):
        open_current(home)


def test_a_new_snapshot_is_opened_and_the_held_one_stays_valid(home, registry):
    snapshot = build(home, registry)
    assert open_current(home) is snapshot
    land(home, "more", [published("europa/un", 0.6, benchmark="sums")])
    newer = build(home, registry)
    assert newer.id != snapshot.id
    assert (snapshot.meta["counts"]["score"], newer.meta["counts"]["score"]) == (8, 9)
    assert snapshot.rows("SELECT count(*) AS n FROM score") == [{"n": 8}]


def test_a_kept_snapshot_can_be_pinned_and_one_that_is_not_says_so(home, registry):
    snapshot = build(home, registry)
    land(home, "more", [published("europa/un", 0.6, benchmark="sums")])
    build(home, registry)
    for pinned in (snapshot.id, snapshot.id.rpartition("-")[2]):
        assert open_snapshot(pinned, home).rows("SELECT count(*) AS n FROM score") == [{"n": 8}]
    with pytest.raises(WarehouseError, match="no longer kept; got 'modelgap-x'"):
        open_snapshot("modelgap-x", home)


def test_eight_threads_get_the_same_answers(snapshot):
    expected = snapshot.rows("FROM point ORDER BY ALL")
    problems = []

    def ask() -> None:
        for _ in range(50):
            if snapshot.rows("FROM point ORDER BY ALL") != expected:
                problems.append("different rows")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_the_status_tells_age_content_refusals_and_overdue_sources(snapshot):
    built_at = datetime.fromisoformat(snapshot.meta["built_at"])
    status = read.read_status(snapshot, now=built_at.replace(year=built_at.year + 1))
    assert status["age_hours"] in (8760, 8784)
    assert (status["as_of"], status["rejects"]) == ("2026-01-01", {})
    assert status["runs"] == [{"kind": "published", "status": "complete", "n": 1}]
    (source,) = status["sources"]
    assert (source["source"], source["n_scores"], source["newest_date"]) == ("board", 8, "2026-01-01")
    assert (source["retrieved_on"], source["checked_on"], source["is_overdue"]) == ("2026-01-01", "2026-01-01", True)
    early = read.read_status(snapshot, now=datetime(2026, 1, 15, tzinfo=UTC))
    assert early["sources"][0]["is_overdue"] is False


def test_a_source_that_was_checked_and_had_not_changed_is_not_overdue_however_old_its_evidence(
    home, registry, monkeypatch
):
    place = "https://example.org/board.csv"
    monkeypatch.setitem(CATALOGUE, "board", Entry("scores_csv", "board", "a board", (place,)))
    snapshot, now = build(home, registry), datetime.now(UTC)
    assert read.read_status(snapshot, now)["sources"][0]["is_overdue"] is True
    store = RawStore(home)
    file, note = store.put([b"the same"], "board.csv", place)
    store.confirm(file.sha256, note)
    (source,) = read.read_status(snapshot, now)["sources"]
    assert (source["retrieved_on"], source["checked_on"]) == ("2026-01-01", now.date().isoformat())
    assert source["is_overdue"] is False
    assert read.read_status(snapshot, now + timedelta(days=40))["sources"][0]["is_overdue"] is True


@pytest.mark.parametrize(
    ("ask", "columns"),
    [
        (read.list_scales, {"scale_id", "kind", "evidence", "unit", "is_default", "n_models", "name_en"}),
        (lambda s: read.read_points(s, "quiz"), {"model", "bloc", "release_date", "score", "ci90_low", "origin"}),
        (lambda s: read.read_records(s, "quiz"), {"bloc", "release_date", "beaten_date", "model", "score"}),
        (read.read_domains, {"domain", "name_en", "scale_id", "gap_points", "standing_lag_days", "leads"}),
        (read.read_coverage, {"domain", "bloc", "quarter", "n_released", "n_models", "n_scores"}),
        (lambda s: read.read_scores(s, benchmark="quiz"), {"model", "score", "source_url", "reporter_relation"}),
        (read.read_rejects, {"reject_location", "reason", "detail", "raw"}),
        (read.list_runs, {"run", "status", "outcomes", "cost_usd", "latency_p95_s"}),
        (read.list_sources, {"source", "licence", "attribution", "retrieved_on", "newest_date"}),
        (read.list_models, {"model", "bloc", "params_b", "is_open_weights"}),
        (read.list_benchmarks, {"benchmark", "domain", "chance_floor"}),
        (read.read_isic, {"section", "n_subtasks", "n_models", "instruments"}),
        (read.read_claims, {"claim", "claim_date", "value_low"}),
        (read.read_landscape, {"count_date", "n_things"}),
        (lambda s: read.read_series(s, "quiz"), {"date", "standing_months", "ci90_low", "gap_points", "guards"}),
    ],
)
def test_a_table_has_the_columns_that_pages_rely_on(snapshot, ask, columns):
    assert columns <= set(ask(snapshot).column_names)


def test_a_domain_that_nothing_measures_is_listed_without_a_scale(snapshot):
    rows = {row["domain"]: row["scale_id"] for row in read.read_domains(snapshot).to_pylist()}
    assert rows == {"knowledge": "quiz", "mathematics": None, "preference": None, "writing": None}


def test_an_unknown_scale_names_the_closest(snapshot):
    assert read.find_scale(snapshot, "quiz")["benchmark"] == "quiz"
    with pytest.raises(UsageError, match="got 'quizz'; closest: 'quiz'"):
        read.find_scale(snapshot, "quizz")


def test_documents_answered_at_build_time_name_their_snapshot(snapshot):
    documents = read.read_domain_documents(snapshot, guards=False)
    assert set(documents) == {"knowledge"}
    assert documents["knowledge"] == read.read_document(snapshot, "quiz", guards=False)
    assert documents["knowledge"] == read.measure_gap(snapshot, domain="knowledge", guards=False).to_document()
    assert documents["knowledge"]["snapshot"] == snapshot.id
    assert read.read_document(snapshot, "none") is None
