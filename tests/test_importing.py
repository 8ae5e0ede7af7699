"""The frame of importing: counts that add up, one run a payload, nothing partial, figures recognised across sources."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from import_kit import PAYLOADS, REGISTRY, get_home, import_place, list_contents, parse_place, write_file
from warehouse_kit import build

from collectors.entries import Model
from collectors.errors import PayloadError, UsageError
from collectors.importers import contract, epoch_eci, known, scores_csv
from collectors.importers.importing import Job, list_unresolved, run_import
from collectors.importers.known import KnownFigures, list_origins
from collectors.importers.naming import ModelNames
from collectors.importers.scores_csv import TEMPLATE
from collectors.importers.unresolved import list_unresolved_names
from collectors.landing import list_landed
from collectors.published import FOLDER, land_published
from collectors.records import Protocol, Score
from warehouse.read import read_status

ECI = PAYLOADS / "epoch" / "eci_benchmarks.csv"
ROW = next(csv.DictReader(io.StringIO(TEMPLATE)))


def write_rows(path, *rows: dict):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return write_file(path, out.getvalue())


def add_model(registry, model_id: str, *aliases: str):
    model = Model(id=model_id, name={"en": model_id}, aliases=aliases)
    return replace(registry, models={**registry.models, model_id: model})


def test_the_same_bytes_twice_change_nothing_whatever_their_path(tmp_path):
    (first,) = import_place("epoch-eci", ECI)
    before = {path: path.read_bytes() for path in get_home().rglob("*") if path.is_file() and path.parent.name != "raw"}
    (tmp_path / "elsewhere").mkdir()
    (second,) = import_place("epoch-eci", write_file(tmp_path / "elsewhere" / ECI.name, ECI.read_bytes()))
    assert (first.state, second.state, first.run) == ("landed", "unchanged", second.run)
    assert (first.n_new, second.n_new, second.n_known) == (10, 0, 10)
    assert before == {p: p.read_bytes() for p in get_home().rglob("*") if p.is_file() and p.parent.name != "raw"}


def test_an_alias_learnt_since_lands_the_next_attempt_at_the_run(tmp_path):
    path = write_rows(tmp_path / "s.csv", ROW | {"model": "gpt-brand-new"})
    (first,) = import_place("scores-csv", path)
    assert (first.n_new, first.unresolved[0]["name"]) == (0, "gpt-brand-new")
    assert [row["name"] for row in list_unresolved_names(get_home(), REGISTRY)] == ["gpt-brand-new"]
    taught = add_model(REGISTRY, "openai/gpt-new", "gpt-brand-new")
    assert list_unresolved_names(get_home(), taught) == []
    (second,) = import_place("scores-csv", path, taught)
    assert (second.run, second.state, second.n_new) == (first.run, "landed", 1)
    assert sorted(run.manifest.attempt for run in list_landed(get_home(), all_attempts=True)) == [1, 2]
    assert list_contents()[0].scores[0].model == "openai/gpt-new"


def test_the_same_bytes_by_another_name_are_nothing_new(tmp_path):
    rows = [ROW, {**ROW, "model": "nobody/nothing"}]
    first, second = (import_place("scores-csv", write_rows(tmp_path / name, *rows))[0] for name in ("a.csv", "b.csv"))
    assert (first.state, second.state, len(list_landed(get_home()))) == ("landed", "unchanged", 1)


@pytest.mark.parametrize("day", ["0001-01-01", "2018-12-31", "2099-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_and_makes_no_source_look_fresh(tmp_path, day):
    rows = ROW | {"published_date": day, "first_known_date": ""}, ROW | {"published_date": "2024-05-01"}
    (found,) = import_place("scores-csv", write_rows(tmp_path / "a.csv", *rows))
    assert (found.rejects, found.examples) == ({contract.IMPOSSIBLE_DAY: 1}, {contract.IMPOSSIBLE_DAY: [day]})
    (landed,) = list_contents()
    assert landed.manifest.finished_at <= datetime.now(UTC)


def test_what_was_refused_most_often_is_named(tmp_path):
    rows = [{**ROW, "benchmark": name} for name in ("c", *"abbddd", "e")]
    (found,) = import_place("scores-csv", write_rows(tmp_path / "a.csv", *rows))
    assert found.examples == {contract.UNKNOWN_BENCHMARK: ["d", "b", "c"]}


def test_a_dry_run_counts_and_leaves_nothing_behind():
    (found,) = import_place("epoch-eci", ECI, is_dry=True)
    assert (found.state, found.n_new) == ("dry run", 10)
    assert not get_home().exists()


def test_a_payload_whose_counts_do_not_add_up_lands_nothing(monkeypatch):
    honest = epoch_eci.parse

    def lose_one(payload, context):
        parsed = honest(payload, context)
        parsed.scores.pop()
        return parsed

    monkeypatch.setattr(epoch_eci, "parse", lose_one)
    (found,) = import_place("epoch-eci", ECI)
    assert "the counts do not add up; got 10 figures offered, 9 taken and 0 refused" in found.problem
    assert not (get_home() / "landing").exists()


def test_a_torn_payload_among_several_is_told_and_the_others_land(monkeypatch, tmp_path):
    good, torn = write_file(tmp_path / "a.csv", TEMPLATE), write_file(tmp_path / "b.csv", "no such columns\n")
    monkeypatch.setattr(
        scores_csv, "collect", lambda place, fetcher: [fetcher.fetch(str(torn)), fetcher.fetch(str(good))]
    )
    first, second = import_place("scores-csv", "anywhere")
    assert (first.state, second.state) == ("failed", "landed")
    assert len(list_landed(get_home())) == 1


def test_a_file_without_figures_is_refused(tmp_path):
    (found,) = import_place("scores-csv", write_file(tmp_path / "s.csv", TEMPLATE.splitlines()[0] + "\n"))
    assert "no figure in it" in found.problem


def test_a_place_without_payloads_is_refused(monkeypatch):
    monkeypatch.setattr(scores_csv, "collect", lambda place, fetcher: [])
    with pytest.raises(PayloadError, match="nothing to import; got 'here'"):
        import_place("scores-csv", "here")


def test_an_unknown_importer_is_told_with_the_closest():
    with pytest.raises(UsageError, match="closest: 'epoch-eci'"):
        list(run_import(get_home(), REGISTRY, Job("epoch-ecI")))


def test_a_standard_error_of_zero_is_unknown(tmp_path):
    import_place("scores-csv", write_rows(tmp_path / "s.csv", ROW | {"stderr": "0"}))
    assert list_contents()[0].scores[0].stderr is None


def test_what_was_refused_lands_beside_what_was_taken_and_shows_in_the_warehouse(tmp_path):
    rows = [
        ROW,
        ROW | {"score": "92"},
        ROW | {"model": "nobody/knows"},
        ROW | {"model": "nobody/knows", "score": "0.1"},
    ]
    (found,) = import_place("scores-csv", write_rows(tmp_path / "s.csv", *rows))
    assert (found.n_rows, found.n_new, found.n_rejected) == (4, 1, 3)
    (content,) = list_contents()
    assert content.results["unresolved"] == [{"name": "nobody/knows", "count": 2, "nearest": []}]
    snapshot = build(get_home(), REGISTRY)
    rejects = snapshot.rows("SELECT run, reason, detail, n_refused FROM reject ORDER BY reason")
    assert [(row["reason"], row["detail"], row["n_refused"]) for row in rejects] == [
        ("model is not registered", "nobody/knows", 2),
        ("score: a fraction lies in 0–1", "92.0. Divide percentages by 100.", 1),
    ]
    assert read_status(snapshot)["rejects"] == {"model is not registered": 2, "score: a fraction lies in 0–1": 1}
    assert {row["run"] for row in rejects} == {found.run}


def test_figures_that_come_along_are_recognised_and_not_counted_twice(tmp_path):
    settings = {row["model_version"] for row in csv.DictReader(ECI.read_text().splitlines())}
    bundled = list(csv.DictReader((FOLDER / "epoch-eci.csv").read_text(encoding="utf-8").splitlines()))
    rows = [row for row in bundled if row["setting"] in settings]
    out = io.StringIO()
    csv.DictWriter(out, bundled[0], lineterminator="\n").writeheader()
    csv.DictWriter(out, bundled[0], lineterminator="\n").writerows(rows)
    write_file(tmp_path / "some" / "epoch-eci.csv", out.getvalue())
    land_published(get_home(), REGISTRY, tmp_path / "some")
    alone = build(get_home(), REGISTRY)
    points = alone.rows("SELECT * EXCLUDE (score_id) FROM point ORDER BY scale_id, model")
    (found,) = import_place("epoch-eci", ECI)
    assert (found.n_new, found.n_known) == (0, 10)
    snapshot = build(get_home(), REGISTRY)
    assert snapshot.rows("SELECT * EXCLUDE (score_id) FROM point ORDER BY scale_id, model") == points
    assert snapshot.rows("SELECT count(*) AS n FROM reject WHERE reason = 'figure is already known'") == [{"n": 10}]
    assert snapshot.id != alone.id


def make_score(**fields) -> Score:
    known = {
        "model": "openai/gpt-4", "benchmark": "gsm8k", "origin": "vendor", "reporter_relation": "own", "source": "a",
        "protocol": Protocol(benchmark="gsm8k", metric="accuracy"), "score": 0.92,
        "reported_by": "OpenAI: GPT-4 Technical Report", "source_url": "https://arxiv.org/abs/2303.08774",
    }  # fmt: skip
    return Score(**known | fields)


@pytest.mark.parametrize(
    ("fields", "is_known"),
    [
        ({}, True),
        ({"source": "b", "setting": "5-shot"}, True),
        ({"score": 0.9205}, True),
        ({"score": 0.921}, False),
        ({"reported_by": "GPT-4 report", "source_url": None}, True),
        ({"reported_by": "openai  gpt-4 technical report!", "reporter_relation": "competitor"}, True),
        ({"reported_by": "HELM", "origin": "independent", "reporter_relation": None, "source_url": None}, False),
        ({"model": "openai/gpt-4o"}, False),
        ({"benchmark": "mmlu"}, False),
        ({"effort": "high"}, False),
        ({"subtask": "algebra"}, False),
    ],
)
def test_a_figure_is_known_where_test_number_and_original_reporter_are_the_same(fields, is_known):
    figures = KnownFigures(get_home())
    figures.add(make_score())
    assert figures.holds(make_score(**fields)) == is_known


def test_ratings_are_the_same_figure_on_one_board_by_any_mirror():
    def rate(board: str, score: float) -> Score:
        protocol = Protocol(benchmark="lmarena-text", metric="elo", board=board)
        return make_score(benchmark="lmarena-text", unit="elo", score=score, protocol=protocol, reported_by="LMArena")

    figures = KnownFigures(get_home())
    figures.add(rate("lmarena/catalog/text/overall/no-style-control/2025-12-11", 1157.26))
    assert figures.holds(rate("lmarena/page/text/overall/no-style-control/2025-12-11", 1157.0))
    assert not figures.holds(rate("lmarena/page/text/overall/style-control/2025-12-11", 1157.26))
    assert not figures.holds(rate("lmarena/page/text/overall/no-style-control/2025-12-12", 1157.26))


def test_what_landed_is_read_once_for_all_payloads_of_an_import(monkeypatch):
    calls = []
    monkeypatch.setattr(known, "list_landed", lambda home: calls.append(home) or list_landed(home))
    found = import_place("helm", PAYLOADS / "helm")
    assert [item.state for item in found] == ["landed"] * 3 and len(calls) == 1


def test_a_figure_without_reporter_is_its_sources():
    assert list_origins(make_score(reported_by=None, source_url=None, reporter_relation=None, source="b")) == {"b"}


def test_names_are_found_by_id_alias_and_loosely_and_never_guessed():
    registry = add_model(add_model(REGISTRY, "zed/first-1", "Twin Name"), "zed/second-1", "twin_name")
    names = ModelNames(registry)
    assert names.find("openai/gpt-4") == "openai/gpt-4"
    assert names.find("GPT_4") == names.find(" gpt-4 ") == "openai/gpt-4"
    assert names.find("Twin Name") == "zed/first-1"
    assert names.find("TWIN NAME") is None
    assert names.find("gpt-4-of-my-own") is None
    assert names.find("") is None
    assert names.list_nearest("gpt-4-06-13")[0].startswith("openai/gpt-4")
    assert names.list_nearest("xyzzyxyzzyxyzzy") == []


def test_unresolved_names_come_with_their_count_most_first(tmp_path):
    rows = [ROW | {"model": name, "score": f"0.{n}"} for n, name in enumerate(("one-of-it", "two-of-it", "two-of-it"))]
    path = write_rows(tmp_path / "s.csv", *rows)
    parsed = parse_place("scores-csv", path)
    assert [(r["name"], r["count"]) for r in list_unresolved(parsed, ModelNames(REGISTRY))] == [
        ("two-of-it", 2), ("one-of-it", 1),
    ]  # fmt: skip


def test_many_different_rejects_are_counted_without_end_and_kept_within_bounds(monkeypatch):
    monkeypatch.setattr(contract, "TOO_MANY_REASONS", 10)
    parsed = contract.Parsed()
    for number in range(100):
        parsed.reject(f"line {number}", "bad", number)
    assert parsed.n_rejected == 100
    assert len(parsed.rejects) == 11
    assert json.dumps(list(parsed.rejects.values()))
