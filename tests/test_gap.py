"""`measure_gap` and its commands: the contract's keys, guards, cohorts, days, and the trap of thin evidence."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import duckdb
import pytest
import typer
from typer.testing import CliRunner
from warehouse_kit import TASK, build, land, land_field, make_registry, measured, published, sample, write_registry

import warehouse.build
import warehouse.commands
import warehouse.indices
from collectors.errors import UsageError, WarehouseError
from collectors.published import land_published
from collectors.registry_loader import load_registry
from warehouse.build import fill_warehouse
from warehouse.gaps import Question, measure_gap
from warehouse.indices import choose_standing
from warehouse.read import choose_scale, measure_series, open_current, read_index
from warehouse.showing import describe_independent, describe_waits, format_csv
from warehouse.workbench import Workbench

DOCUMENT = {
    "as_of", "snapshot", "domestic", "frontier", "scale", "gap", "lag", "guards", "domestic_record", "frontier_record",
}  # fmt: skip
GAP = {"points", "stderr", "ci90", "ci95", "paired"}
LAG = {"record_months", "standing_months", "forward", "leads", "ci90", "match_rule", "other_rule"}
FORWARD = {"km_median_months", "matched", "total", "oldest_unmatched_months"}
RECORD = {"model", "released", "score"}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """The made-up field with standard errors, so that there are draws; its ratings without."""
    folder = tmp_path_factory.mktemp("gap")
    scores = {"cathay/one": 0.40, "cathay/two": 0.62, "cathay/three": 0.71, "columbia/uno": 0.45,
              "columbia/dos": 0.70, "columbia/tres": 0.80, "europa/un": 0.50, "baseline/chance": 0.99}  # fmt: skip
    early = {"cathay/one", "columbia/uno"}
    rows = [
        published(model, score, stderr=0.01, first_known_date=date(2024, 4, 1) if model in early else None)
        for model, score in scores.items()
    ]
    land(folder / "home", "field", rows)
    ratings = [published(model, 1000 * score, benchmark="votes", board="2025") for model, score in scores.items()]
    vendor = [published("cathay/two", 0.95, origin="vendor", reporter_relation="own", effort="high")]
    land(folder / "home", "more", [*ratings, *vendor])
    return build(folder / "home", make_registry(folder / "registry"))


def test_the_document_has_the_keys_of_the_contract(snapshot):
    document = measure_gap(snapshot, benchmark="quiz", origins=("independent",)).to_document()
    assert set(document) >= DOCUMENT
    assert set(document["gap"]) >= GAP
    assert set(document["lag"]) >= LAG
    assert set(document["lag"]["forward"]) >= FORWARD
    assert set(document["domestic_record"]) == set(document["frontier_record"]) == RECORD
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_the_numbers_by_hand(snapshot):
    document = measure_gap(snapshot, benchmark="quiz", origins=("independent",)).to_document()
    assert document["as_of"] == "2026-01-01"
    assert document["gap"]["points"] == pytest.approx(0.09)
    assert document["gap"]["stderr"] == pytest.approx(0.01 * 2**0.5, rel=0.15)
    low, high = document["gap"]["ci90"]
    assert low < 0.09 < high
    lag = document["lag"]
    assert (lag["leads"], lag["match_rule"]) == ("frontier", "point")
    assert lag["standing_months"] == pytest.approx(92 / 30.4375, abs=1e-5)
    assert lag["record_months"] == pytest.approx(31 / 30.4375, abs=1e-5)
    assert lag["other_rule"]["match_rule"] == "not_significantly_worse:0.05"
    assert (lag["forward"]["matched"], lag["forward"]["total"]) == (2, 3)
    assert document["domestic_record"] == {"model": "cathay/three", "released": "2025-11-01", "score": 0.71}
    assert document["guards"] == []


def test_draws_are_the_same_every_time(snapshot):
    first, second = (measure_gap(snapshot, benchmark="quiz").to_document() for _ in range(2))
    snapshot.cache.clear()
    assert first == second == measure_gap(snapshot, benchmark="quiz").to_document()


def test_without_standard_errors_there_is_no_interval_and_it_is_said(snapshot):
    document = measure_gap(snapshot, domain="preference", guards=False).to_document()
    assert document["gap"]["points"] == pytest.approx(90)
    assert document["gap"]["ci90"] is document["gap"]["stderr"] is document["lag"]["ci90"] is None
    assert document["lag"]["other_rule"]["match_rule"] == "tolerance:10"
    assert "no interval: the standard error is not known for every score" in document["notes"]


def test_the_developers_own_higher_effort_stands_unless_origins_are_asked_for(snapshot):
    everything = measure_gap(snapshot, benchmark="quiz", guards=False).to_document()
    assert everything["domestic_record"]["score"] == 0.95
    assert everything["lag"]["leads"] == "domestic" and everything["lag"]["standing_months"] < 0
    assert "1 of 7 scores are the developers' own" in everything["notes"]


def test_a_guard_withholds_the_numbers_and_says_why(snapshot):
    question = Question(benchmark="quiz", as_of=date(2025, 1, 1))
    document = measure_gap(snapshot, question).to_document()
    assert {guard["code"] for guard in document["guards"]} == {"few_records", "stale", "lopsided"}
    assert all(guard["message"] for guard in document["guards"])
    assert document["gap"]["points"] is document["lag"]["standing_months"] is document["lag"]["leads"] is None
    assert document["domestic_record"]["model"] == "cathay/one"
    shown = measure_gap(snapshot, replace(question, guards=False)).to_document()
    assert shown["guards"] == document["guards"]
    assert shown["gap"]["points"] == pytest.approx(0.30)
    assert "guards are off" in shown["notes"][-1]


def test_too_few_records_make_no_lag_but_each_wait_is_told(snapshot):
    few = measure_gap(snapshot, benchmark="quiz", as_of=date(2026, 1, 1))
    assert [guard.code for guard in few.guards] == ["few_records"] and few.lag is None
    assert describe_waits(snapshot, few).splitlines()[2:] == [
        "    columbia/dos, 2024-12-01: matched after 2.0 months by cathay/two, 2025-02-01",
        "    columbia/tres, 2025-10-01: matched 8.0 months before by cathay/two, 2025-02-01",
    ]
    assert describe_waits(snapshot, measure_gap(snapshot, benchmark="quiz", as_of=date(2025, 1, 1))) == ""  # stale too


def test_a_wait_is_at_most_so_long_where_a_model_as_good_may_have_come_earlier(tmp_path):
    registry = write_registry(tmp_path / "registry")
    models = registry / "models" / "cathay.yaml"
    text = models.read_text()
    assert text.count("id: cathay/three\n") == 1
    models.write_text(text.replace("id: cathay/three\n", "id: cathay/three\n  date_precision: on-or-before\n"))
    rows = [published(f"cathay/{name}", score) for name, score in (("two", 0.50), ("three", 0.71))]
    land(tmp_path / "home", "field", [*rows, published("columbia/uno", 0.45), published("columbia/tres", 0.80)])
    snapshot = build(tmp_path / "home", load_registry(bundled=registry))
    result = measure_gap(snapshot, benchmark="quiz", as_of=date(2025, 12, 1))
    assert describe_waits(snapshot, result).splitlines()[1:] == [
        "    columbia/uno, 2024-01-01: matched after at most 13.0 months by cathay/two, 2025-02-01",
        "    columbia/tres, 2025-10-01: not matched in 2.0 months so far",
    ]


def test_where_a_cohort_has_no_model_there_is_no_number_even_without_guards(snapshot):
    document = measure_gap(snapshot, benchmark="quiz", as_of=date(2024, 2, 1), guards=False).to_document()
    assert [guard["code"] for guard in document["guards"]] == ["no_models"]
    assert document["gap"]["points"] is document["domestic_record"] is None
    assert document["frontier_record"]["model"] == "columbia/uno"


@pytest.mark.parametrize(
    ("domestic", "frontier", "n_domestic", "n_frontier"),
    [
        ("domestic", "frontier", 3, 3),
        ("open", "closed", 3, 4),
        ("domestic+7b", "frontier, 10b", 1, 1),
        ("cathay", "all", 3, 7),
        ("other", "columbia+10b", 1, 1),
        ("domestic+1usd", "frontier", 0, 3),
    ],
)
def test_a_gap_is_between_any_two_cohorts_and_never_with_a_baseline(
    snapshot, domestic, frontier, n_domestic, n_frontier
):
    result = measure_gap(snapshot, benchmark="quiz", domestic=domestic, frontier=frontier)
    assert result.to_document()["n_models"] == {"domestic": n_domestic, "frontier": n_frontier}
    assert "baseline/chance" not in result.panel.models


def test_a_vintage_takes_only_what_is_known_to_have_been_public(snapshot):
    result = measure_gap(snapshot, benchmark="quiz", vintage=date(2024, 6, 1), guards=False)
    assert result.as_of == date(2024, 6, 1)
    assert set(result.panel.models) == {"cathay/one", "columbia/uno"}
    with pytest.raises(UsageError, match="no figure is left; got figures known by 2023-01-01"):
        measure_gap(snapshot, benchmark="quiz", vintage=date(2023, 1, 1))


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"domain": "knowlege"}, UsageError, "got 'knowlege'; closest: 'knowledge'"),
        ({"domain": "writing"}, WarehouseError, "domain 'writing': no score measures it yet"),
        ({"benchmark": "quizz"}, UsageError, "got 'quizz'; closest: 'quiz'"),
        ({"benchmark": "sums"}, WarehouseError, "benchmark 'sums': has no score yet"),
        ({"index": "ecl"}, UsageError, "got 'ecl'"),
        ({}, WarehouseError, "index 'index': could not be fitted"),
        ({"domain": "knowledge", "benchmark": "quiz"}, UsageError, "asked for at a time; got domain, benchmark"),
        ({"benchmark": "quiz", "domestic": "domestc"}, UsageError, "got 'domestc'; closest: 'domestic'"),
        ({"benchmark": "quiz", "domestic": " "}, UsageError, "cohort: is empty"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(snapshot, asked, error, message):
    with pytest.raises(error) as caught:
        measure_gap(snapshot, **asked)
    assert message in str(caught.value)


def test_the_series_ends_with_the_document_and_marks_guarded_days(snapshot):
    question = Question(benchmark="quiz", origins=("independent",))
    rows = measure_series(snapshot, question).to_pylist()
    document = measure_gap(snapshot, question).to_document()
    last = rows[-1]
    assert (rows[0]["date"], last["date"]) == (date(2023, 1, 1), date(2026, 1, 1))
    assert last["standing_months"] == pytest.approx(document["lag"]["standing_months"], abs=1e-5)
    assert last["gap_points"] == pytest.approx(document["gap"]["points"])
    assert [last["ci90_low"], last["ci90_high"]] == pytest.approx(document["lag"]["ci90"], abs=1e-5)
    assert last["guards"] == []
    assert rows[0]["standing_months"] is rows[0]["gap_points"] is None and rows[0]["guards"] == ["no_models"]
    other = measure_series(snapshot, question, other_rule=True).to_pylist()[-1]
    assert other["match_rule"] == "not_significantly_worse:0.05"


def test_the_variant_that_stands_is_the_highest_tier_with_half_the_coverage():
    models = ["a/x", "a/x", "a/x", "b/y"]
    tiers = ["max", "high", "default", "low"]
    assert choose_standing(models, tiers, [4, 10, 20, 5]) == {1, 3}
    assert choose_standing(models, tiers, [10, 10, 20, 5]) == {0, 3}


MARKS = {"cathay/one": [1, 0, 0, 1, None], "columbia/uno": [1, 1, 0, 0, 1, 1]}


def test_our_own_records_are_paired_on_the_items_both_answered(tmp_path):
    """Items 0-3 have a mark in both: differences 0, 1, 0, -1; the clusters are {0, 1} and {2, 3}."""
    for model, marks in MARKS.items():
        items = [sample(i, mark, doc_hash=str(i), cluster=f"c{i // 2}") for i, mark in enumerate(marks)]
        known = [mark for mark in marks if mark is not None]
        score = measured(model, sum(known) / len(known), stderr=0.2)
        land(tmp_path / "home", model.replace("/", "-"), [score], kind="measured", samples=items)
    snapshot = build(tmp_path / "home", make_registry(tmp_path / "registry"))
    document = measure_gap(snapshot, domain="mathematics", origins=("measured",), guards=False).to_document()
    assert document["evidence"] == "measured"
    assert (document["gap"]["paired"], document["gap"]["n_items"], document["gap"]["points"]) == (True, 4, 0)
    assert document["gap"]["stderr"] == pytest.approx((1**2 + (-1) ** 2) ** 0.5 / 4, abs=1e-6)
    assert measure_gap(snapshot, benchmark="sums", origins=("measured",)).scale["scale_id"] == document["scale"]
    with pytest.raises(WarehouseError, match="domain 'mathematics': no score measures it yet"):
        measure_gap(snapshot, domain="mathematics")


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"benchmark": "quiz", "origins": ("measured",)}, WarehouseError, "benchmark 'quiz': no score of our own yet"),
        ({"benchmark": "quiz", "origins": ("measured", "vendor")}, UsageError, "stand on scales of their own"),
        ({"origins": ("measured",)}, UsageError, "got origins measured for the index"),
    ],
)
def test_measured_and_published_are_never_mixed(snapshot, asked, error, message):
    with pytest.raises(error, match=message):
        measure_gap(snapshot, **asked)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """Return how to build the bundled figures, all of them or without a source, as an open warehouse."""
    folder = tmp_path_factory.mktemp("bundled")
    registry = load_registry()
    land_published(folder, registry)
    opened = []

    def fill(without: str | None = None):
        landing = folder / "landing"
        if without:
            (landing / f"run=published-{without}").rename(landing / f".{without}")
        path = folder / f"{without}.duckdb"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(warehouse.indices, "N_DRAWS", 60)
            patch.setattr(warehouse.build, "answer_standing_questions", lambda source: ([], []))
            fill_warehouse(path, landing, registry, progress=lambda step: None)
        opened.append(duckdb.connect(str(path), read_only=True))
        return Workbench(opened[-1], {})

    yield fill
    for connection in opened:
        connection.close()


def test_the_headline_stands_on_the_bundled_figures_and_thin_evidence_is_caught(bundled):
    """Without the rows of Epoch's index file the newest frontier models are hardly covered: no number may be shown."""
    whole = bundled()
    assert whole.rows("SELECT count(*) AS n FROM reject") == [{"n": 0}]
    headline = measure_gap(whole).to_document()
    assert headline["guards"] == [] and headline["scale"] == "index"
    assert headline["lag"]["leads"] == "frontier" and 2 < headline["lag"]["standing_months"] < 24
    assert headline["lag"]["ci90"][0] <= headline["lag"]["ci90"][1]
    mathematics = measure_gap(whole, domain="mathematics").to_document()
    assert mathematics["guards"] == [] and mathematics["lag"]["standing_months"] is not None
    independent = measure_gap(whole, index="index:independent").to_document()
    assert independent["guards"] == [] and independent["lag"]["leads"] == "frontier"
    assert f"alone: {independent['lag']['standing_months']:.1f} months (90% interval" in describe_independent(whole)
    thin = measure_gap(bundled(without="epoch-eci")).to_document()
    assert "lopsided" in {guard["code"] for guard in thin["guards"]}
    assert thin["lag"]["standing_months"] is thin["gap"]["points"] is None


class TestCommands:
    """The command line: one document on stdout, exit codes by the errors' own."""

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        home = tmp_path / "home"
        monkeypatch.setenv("MODELGAP_HOME", str(home))
        monkeypatch.setattr(
            "collectors.registry_loader.load_registry", lambda overlays=(): make_registry(tmp_path / "registry")
        )
        app = typer.Typer()
        warehouse.commands.mount(app)

        def _run(*words: str):
            return CliRunner().invoke(app, list(words), catch_exceptions=True)

        _run.home = home
        return _run

    @pytest.mark.parametrize("words", [("gap",), ("status",), ("index",), ("gap", "--json")])
    def test_an_absent_warehouse_says_what_to_do(self, run, words):
        result = run(*words)
        assert isinstance(result.exception, WarehouseError) and result.exception.exit_code == 1
        assert "Run `modelgap build`" in str(result.exception)
        assert result.stdout == ""

    def test_build_then_build_again(self, run):
        land_field(run.home)
        assert run("build").stdout.startswith("Published modelgap-")
        assert run("build").stdout.startswith("Nothing new; current is modelgap-")
        document = json.loads(run("build", "--json").stdout)
        assert document["is_new"] is False and document["counts"]["score"] == 8
        status = json.loads(run("status", "--json").stdout)
        assert status["snapshot"] == document["snapshot"]
        assert "8 scores" in run("status").stdout

    def test_gap_prints_a_sentence_or_the_document(self, run):
        land_field(run.home)
        run("build")
        text = run("gap", "--benchmark", "quiz").stdout
        assert "Domestic models are 3.0 months behind the frontier, as of 2026-01-01, match rule point." in text
        assert "+9.0 percentage points" in text and "snapshot modelgap-" in text
        document = json.loads(run("gap", "--benchmark", "quiz", "--json").stdout)
        assert document["snapshot"] == open_current(run.home).id
        early = run("gap", "--benchmark", "quiz", "--as-of", "2025-01-01").stdout
        assert early.startswith("No number for domestic models against the frontier as of 2025-01-01: ")
        assert "guards are off" in run("gap", "--benchmark", "quiz", "--as-of", "2025-01-01", "--no-guards").stdout

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("--as-of", "soon"), "--as-of: not a date; got 'soon'. Write it as 2026-06-30."),
            (("--origin", "vendors"), "--origin: no such origin; got 'vendors'; closest: 'vendor'"),
            (("--match", "tolerance"), "match rule: not one of the rules; got 'tolerance'"),
        ],
    )
    def test_bad_options_exit_2_in_words(self, run, words, message):
        land_field(run.home)
        run("build")
        result = run("gap", "--benchmark", "quiz", *words)
        assert result.exception.exit_code == 2
        assert message in str(result.exception)


def test_the_index_lists_models_best_first(small_index):
    rows = small_index
    assert {"model", "name", "index", "ci90", "n_benchmarks"} == set(rows[0])
    assert [row["index"] for row in rows] == sorted((row["index"] for row in rows), reverse=True)
    fixed = {row["model"]: row["index"] for row in rows if row["ci90"] is None}
    assert fixed["columbia/uno"] == 130.0 and fixed["columbia/tres"] == 150.0


@pytest.fixture
def small_index(tmp_path, monkeypatch):
    """An index over four made-up benchmarks, on the scale of two made-up models."""
    names = {f"b{i}": 0.1 * i for i in range(5)}
    benchmarks = [{"id": name, "name": {"en": name}, "domain": "knowledge"} for name in names]
    monkeypatch.setattr("warehouse_kit.BENCHMARKS", benchmarks)
    monkeypatch.setattr("warehouse_kit.TASK", TASK | {"benchmark": "b0", "domain": "knowledge"})
    monkeypatch.setattr(warehouse.indices, "SCALE", {"columbia/uno@default": 130.0, "columbia/tres@default": 150.0})
    strength = {"columbia/uno": 0.3, "columbia/dos": 0.4, "columbia/tres": 0.5, "cathay/one": 0.25, "cathay/two": 0.45}
    scores = [
        published(model, min(0.98, value + ease), benchmark=name)
        for model, value in strength.items()
        for name, ease in names.items()
    ]
    land(tmp_path / "home", "field", scores)
    snapshot = build(tmp_path / "home", make_registry(tmp_path / "registry"))
    assert choose_scale(snapshot) == "index"
    return read_index(snapshot)


def test_the_csv_of_an_index_has_the_interval_in_two_columns(small_index):
    rows = list(csv.DictReader(io.StringIO(format_csv(small_index))))
    assert rows[0]["model"] == "columbia/tres" and rows[0]["ci90_low"] == ""
    assert float(rows[1]["ci90_low"]) <= float(rows[1]["index"]) <= float(rows[1]["ci90_high"])
