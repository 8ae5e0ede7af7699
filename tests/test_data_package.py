"""A data package holds what may be passed on, with whose it is beside it; what may not is counted."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from importing_logs import read_logs
from small_snapshot import FORMULA, build, land_scores, write_registry
from typer.testing import CliRunner

from collectors.errors import UsageError
from collectors.landing import land_run
from collectors.records import Manifest, Protocol, Score
from collectors.registry_loader import load_registry
from modelgap import app
from warehouse import package, package_files
from warehouse.package import FOLLOWING, write_package
from warehouse.package_files import guard_formula
from warehouse.read import Snapshot, open_current, read_scores

AT = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = date(2026, 1, 3)
TABLES = {"scores", "protocols", "sources", "models", "prices", "benchmarks", "claims", "landscape"}
REQUIRED = {"schema_version", "evaluation_id", "retrieved_timestamp", "source_metadata", "model_info", "eval_library",
            "evaluation_results"}  # fmt: skip


def land_more_kinds(home: Path) -> None:
    """Land what a package must tell apart: a closed source, a measured score, a rating, hostile text, a subtask."""
    closed = _score(source="closed", score=0.9, origin="leaderboard")
    named = _score(model="cathay/one", score=0.41, stderr=0.01, n_samples=500, notes='=HYPERLINK("x")', subtask="part",
                   setting="@SUM(1)", effort="high", reported_by="-2+3", source_url="https://a.org/x")  # fmt: skip
    rating = _score(benchmark="arena", score=1285.0, unit="elo", stderr=4.2, board="board/text/overall/2026-01-03")
    measured = _score(source="modelgap", origin="measured", score=0.5, stderr=0.02, measured_at=AT,
                      published_date=None, n_samples=100, score_answered_only=0.55, coverage=0.9)  # fmt: skip
    for run, scores, more in (
        ("import-closed", [closed], {"kind": "published", "source": "closed"}),
        ("import-board", [named, rating], {"kind": "published", "source": "board"}),
        ("20260108T120000Z-x", [measured], {"kind": "measured", "model": "columbia/uno", "source": "modelgap"}),
    ):
        manifest = Manifest(run=run, status="complete", started_at=AT, finished_at=AT, modelgap_version="0", **more)
        land_run(home, manifest, {"scores": [score.model_dump(mode="json") for score in scores]})


def _score(*, board: str | None = None, **fields) -> Score:
    fields = {"model": "columbia/uno", "benchmark": "quiz", "source": "board", "origin": "independent",
              "published_date": DAY, **fields}  # fmt: skip
    generation = {"temperature": 0.0, "max_tokens": 512, "until": ["x"]}
    protocol = Protocol(benchmark=fields["benchmark"], metric="accuracy", board=board, n_shot=5, generation=generation)
    return Score(protocol=protocol, **fields)


@pytest.fixture
def registry(tmp_path) -> Path:
    folder = tmp_path / "registry"
    write_registry(folder)
    closed = yaml.safe_load((folder / "sources" / "board.yaml").read_text(encoding="utf-8"))
    closed |= {"id": "closed", "redistribute": False, "licence": "all rights reserved"}
    (folder / "sources" / "closed.yaml").write_text(yaml.safe_dump(closed), encoding="utf-8")
    quiz = yaml.safe_load((folder / "benchmarks.yaml").read_text(encoding="utf-8"))
    arena = {"id": "arena", "name": {"en": "Arena"}, "domain": "writing", "unit": "elo"}
    (folder / "benchmarks.yaml").write_text(yaml.safe_dump([*quiz, arena]), encoding="utf-8")
    return folder


@pytest.fixture
def snapshot(tmp_path, registry) -> Snapshot:
    home = tmp_path / "home"
    land_scores(home)
    land_more_kinds(home)
    build(home, registry)
    return open_current(home)


@pytest.fixture
def out(tmp_path, snapshot) -> Path:
    write_package(snapshot, tmp_path / "package")
    return tmp_path / "package"


def read_csv(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_is_there_twice_and_the_same(out):
    assert {path.stem for path in (out / "data").iterdir()} == TABLES
    for name in TABLES:
        rows, table = read_csv(out / "data" / f"{name}.csv"), pq.read_table(out / "data" / f"{name}.parquet")
        assert len(rows) == table.num_rows
        assert not rows or list(rows[0]) == table.column_names


def test_a_source_that_forbids_it_stays_out_and_is_counted(snapshot, out, tmp_path):
    told = write_package(snapshot, tmp_path / "again")
    assert told["withheld"] == {"closed": 1}
    text = "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.suffix in (".csv", ".json"))
    assert "all rights reserved" not in text
    assert len(read_csv(out / "data" / "scores.csv")) == read_scores(snapshot).num_rows - 1
    assert "- closed: 1 scores" in (out / "README.md").read_text(encoding="utf-8")


def test_licence_and_attribution_follow_every_figure(out):
    rows = pq.read_table(out / "data" / "scores.parquet").to_pylist()
    sources = {row["source"]: row for row in pq.read_table(out / "data" / "sources.parquet").to_pylist()}
    assert len(rows) == 11
    for row in rows:
        assert [row[name] for name in FOLLOWING] == [sources[row["source"]][name] for name in FOLLOWING]
        assert row["licence"] and row["attribution"]
    for path in (out / "every-eval-ever").rglob("*.json"):
        details = json.loads(path.read_text(encoding="utf-8"))["source_metadata"]["additional_details"]
        assert details["licence"] == "CC BY 4.0" and details["attribution"] == "Board" and details["origin"]


def test_no_text_can_run_as_a_formula(out):
    models = {row["model"]: row for row in read_csv(out / "data" / "models.csv")}
    assert models["cathay/three"]["name_en"] == f"'{FORMULA}"
    [row] = [row for row in read_csv(out / "data" / "scores.csv") if row["subtask"] == "part"]
    assert (row["notes"], row["setting"], row["reported_by"]) == ('\'=HYPERLINK("x")', "'@SUM(1)", "'-2+3")
    for path in (out / "data").glob("*.csv"):
        for cells in csv.reader(path.open(encoding="utf-8", newline="")):
            assert not [cell for cell in cells if cell.startswith(package_files.FORMULA)]
    [row] = [row for row in pq.read_table(out / "data" / "scores.parquet").to_pylist() if row["subtask"] == "part"]
    assert row["notes"] == '=HYPERLINK("x")', "Parquet runs nothing: the text is as it was"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_the_guard(text):
    assert guard_formula(text) == f"'{text}"
    assert guard_formula(f"x{text}") == f"x{text}"


def test_unknown_is_empty_never_zero(out):
    rows = {(row["model"], row["origin"]): row for row in read_csv(out / "data" / "scores.csv") if row["unit"] != "elo"}
    assert rows["columbia/dos", "leaderboard"]["stderr"] == ""
    assert rows["columbia/uno", "measured"]["stderr"] == "0.02"
    assert rows["columbia/uno", "measured"]["published_date"] == ""


def test_datapackage_json_says_what_is_there(snapshot, out):
    document = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert document["$schema"].endswith("2.0/datapackage.json")
    assert (document["id"], document["version"]) == (snapshot.id, snapshot.as_of.isoformat())
    assert {source["path"] for source in document["sources"]} == {"https://example.org/board"}
    paths = {path.relative_to(out).as_posix() for path in (out / "data").iterdir()}
    assert {resource["path"] for resource in document["resources"]} == paths
    resources = {resource["name"]: resource for resource in document["resources"]}
    for resource in resources.values():
        data = (out / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == pq.read_schema(out / resource["path"].replace(".csv", ".parquet")).names
        for key in resource["schema"].get("primaryKey", ()):
            values = pq.read_table(out / resource["path"].replace(".csv", ".parquet"))[key].to_pylist()
            assert len(set(values)) == len(values)
    scores = pq.read_table(out / "data" / "scores.parquet")
    for key in resources["scores-csv"]["schema"]["foreignKeys"]:
        target = resources[key["reference"]["resource"]]["path"].replace(".csv", ".parquet")
        assert set(scores[key["fields"][0]].to_pylist()) <= set(
            pq.read_table(out / target)[key["fields"][0]].to_pylist()
        )


def test_the_types_are_those_of_the_columns(out):
    document = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    [scores] = [resource for resource in document["resources"] if resource["name"] == "scores-csv"]
    types = {field["name"]: field["type"] for field in scores["schema"]["fields"]}
    assert types["score"] == types["stderr"] == "number"
    assert (types["n_samples"], types["is_provisional"], types["published_date"], types["measured_at"]) == (
        "integer", "boolean", "date", "datetime",
    )  # fmt: skip


def test_citation_names_the_package_and_its_sources(snapshot, out):
    document = yaml.safe_load((out / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(document)
    assert (document["type"], document["identifiers"][0]["value"]) == ("dataset", snapshot.id)
    assert {entry["notes"] for entry in document["references"]} == {"licence: CC BY 4.0"}


def test_the_same_snapshot_gives_the_same_bytes(snapshot, out, tmp_path):
    write_package(snapshot, tmp_path / "again")
    first, again = ({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
                    for folder in (out, tmp_path / "again"))  # fmt: skip
    assert first == again


def test_a_folder_that_is_there_is_left_alone(snapshot, out):
    before = sorted(out.rglob("*"))
    with pytest.raises(UsageError, match="already"):
        write_package(snapshot, out)
    assert sorted(out.rglob("*")) == before


def test_nothing_is_left_half_written(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "write_citation", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_package(snapshot, tmp_path / "half" / "package")
    assert list((tmp_path / "half").iterdir()) == []


def test_records_fit_the_schema(out):
    records = [json.loads(path.read_text(encoding="utf-8")) for path in (out / "every-eval-ever").rglob("*.json")]
    assert sum(len(record["evaluation_results"]) for record in records) == 10
    for record in records:
        assert REQUIRED <= set(record) <= REQUIRED | {"evaluation_timestamp"}
        assert record["schema_version"] == "0.3.0"
        assert record["source_metadata"]["source_type"] in ("documentation", "evaluation_run")
        assert record["source_metadata"]["evaluator_relationship"] in ("first_party", "third_party", "other")
        assert {"name", "version"} <= set(record["eval_library"])
        details = record["model_info"]["additional_details"]
        assert {"deployment_type", "model_availability"} <= set(details)
        assert all(isinstance(value, str) for value in details.values())
        for result in record["evaluation_results"]:
            assert {"evaluation_name", "source_data", "metric_config", "score_details"} <= set(result)
            assert {"lower_is_better", "min_score", "max_score"} <= set(result["metric_config"])
            assert all(isinstance(value, str) for value in result["score_details"]["details"].values())
            assert result.get("generation_config", {}).get("generation_args", {}).keys() <= {
                "temperature",
                "max_tokens",
            }


def test_records_say_whose_evaluation_it_is(out):
    found = {}
    for path in (out / "every-eval-ever").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        source = record["source_metadata"]
        found[source["additional_details"]["origin"]] = (source["evaluator_relationship"], source["source_type"])
    assert found == {
        "vendor": ("first_party", "documentation"),
        "leaderboard": ("third_party", "documentation"),
        "independent": ("third_party", "documentation"),
        "measured": ("third_party", "evaluation_run"),
    }


def test_records_import_back_to_the_same_scores(snapshot, registry, out):
    known = load_registry(bundled=registry)
    object.__setattr__(known, "sources", load_registry().sources)
    [read] = read_logs("every-eval-ever", out / "every-eval-ever", known)
    assert read.parsed.n_rejected == 0
    kept = ("model", "benchmark", "subtask", "unit", "score", "stderr", "origin", "reporter_relation", "reported_by",
            "setting", "effort", "n_samples", "published_date", "source_url", "notes")  # fmt: skip
    rows = pq.read_table(out / "data" / "scores.parquet").to_pylist()
    gone = {tuple(_plain(row, name) for name in kept) for row in rows if row["model"] != "baseline/chance"}
    back = {tuple(getattr(score, name) for name in kept) for score in read.parsed.scores}
    assert back == gone and len(back) == 10


def _plain(row: dict, name: str) -> object:
    """Return what a score is when it comes back: what we measured is what somebody else measured, on the day we did."""
    if name == "origin" and row[name] == "measured":
        return "independent"
    if name == "published_date" and row[name] is None:
        return row["measured_at"].date()
    return row[name]


def test_paths_hold_no_name_that_leads_out(out):
    for path in (out / "every-eval-ever").rglob("*"):
        assert path.resolve().is_relative_to(out.resolve())


def test_the_command(snapshot, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(app, ["data-package", "--out", str(tmp_path / "p"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["snapshot"], told["rows"]["scores"], told["withheld"]) == (snapshot.id, 11, {"closed": 1})
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["data-package"])
    assert f"modelgap-data-{snapshot.as_of}: evidence to" in done.stdout
    assert (tmp_path / f"modelgap-data-{snapshot.as_of}" / "datapackage.json").is_file()
