"""`modelgap import` and `models unresolved` on the command line: a document or a few lines, exit codes, what is due."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from import_kit import PAYLOADS, REGISTRY, get_home, write_file
from typer.testing import CliRunner

from collectors.commands import imports
from collectors.errors import FetchError
from collectors.importers.catalogue import CATALOGUE
from collectors.importers.due import import_due, plan_imports
from collectors.importers.fetching import Fetcher
from collectors.importers.scores_csv import TEMPLATE

ECI = PAYLOADS / "epoch" / "eci_benchmarks.csv"
BOARD = PAYLOADS / "arena" / "leaderboard-text-2025-12-11.json"
ROOT = Path(__file__).resolve().parents[1]


def run(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "modelgap.py"), *map(str, words)]
    # A process of its own is outside the guard of the network: what it asks for goes to a port nobody listens on.
    nowhere = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
    return subprocess.run(command, capture_output=True, text=True, cwd=get_home().parent, env=os.environ | nowhere)


def test_an_import_says_what_became_of_every_figure():
    done = run("import", "lmarena", BOARD)
    assert (done.returncode, done.stderr) == (0, "")
    first = done.stdout.splitlines()[0]
    assert first.startswith(
        f"{BOARD.name}: 30 figures = 16 new + 0 already known + 14 refused; landed, run import-lmarena-"
    )
    assert "  refused 10: category is not registered: text: " in done.stdout
    assert "  refused 4: model is not registered\n" in done.stdout
    assert "not registered: 'alpaca-13b', 4 figures" in done.stdout


def test_json_is_one_document_with_the_same_counts():
    document = json.loads(run("import", "lmarena", BOARD, "--json").stdout)
    (payload,) = document["payloads"]
    assert document["source"] == "lmarena"
    assert set(payload) == {
        "name", "run", "state", "n_rows", "n_new", "n_known", "n_rejected", "rejects", "examples", "unresolved",
        "problem",
    }  # fmt: skip
    assert payload["n_rows"] == payload["n_new"] + payload["n_known"] + payload["n_rejected"] == 30


def test_a_dry_run_lands_nothing():
    done = run("import", "epoch-eci", ECI, "--dry-run")
    assert "; dry run, run import-epoch-eci-" in done.stdout
    assert not (get_home() / "landing").exists()


def test_unresolved_names_are_listed_with_the_nearest():
    assert "Every name" in run("models", "unresolved").stdout
    run("import", "lmarena", BOARD)
    rows = json.loads(run("models", "unresolved", "--json").stdout)
    assert [(row["name"], row["count"], row["sources"]) for row in rows] == [("alpaca-13b", 4, ["lmarena"])]
    assert rows[0]["nearest"][0] == "meta/llama-13b"
    assert "alpaca-13b" in run("models", "unresolved").stdout


def test_the_template_goes_to_standard_output_and_imports(tmp_path):
    done = run("import", "scores-csv", "--template")
    assert done.stdout == TEMPLATE
    assert run("import", "scores-csv", write_file(tmp_path / "s.csv", done.stdout)).returncode == 0


def test_without_a_source_they_are_listed():
    assert [row["source"] for row in json.loads(run("import", "--json").stdout)] == ["published", *CATALOGUE]
    assert "scores-csv" in run("import").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["import", "epoch-ecy", "a.csv"], "closest: 'epoch-eci'"),
        (["import", "epoch-eci", "no-such.csv"], "no such file; got 'no-such.csv'"),
        (["import", "published", "--dry-run"], "no dry run"),
        (["import", "scores-csv"], "--template"),
        (["import", "lmarena", "--template"], "only scores-csv has one"),
        (["import", "scores-csv", "a.csv", "--origin", "measured"], "--origin: not known; got 'measured'"),
        (["import", "lmarena", "a", "--published-date", "yesterday"], "--published-date: not a date"),
        (["import", "lmarena", "a", "--published-date", "9999-12-31"], "--published-date: lies ahead"),
        (["import", "lmarena", "a", "--retrieved-on", "9999-12-31"], "--retrieved-on: lies ahead"),
    ],
)
def test_bad_use_is_told_in_one_line(words, message):
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_payload_that_cannot_be_read_exits_1_and_says_why(tmp_path):
    done = run("import", "lmarena", write_file(tmp_path / "b.json", "<html>"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "HTML" in done.stderr


def test_names_from_outside_cannot_steer_the_terminal(tmp_path):
    document = {"full": {"evil\x1b[31m\u202ename": {"rating": 1500}}}
    done = run("import", "lmarena", write_file(tmp_path / "leaderboard-text-2025-01-01.json", json.dumps(document)))
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


TODAY = date(2026, 9, 1)


def import_what_is_due(**fields) -> dict[str, dict]:
    return {row["source"]: row for row in import_due(get_home(), REGISTRY, today=TODAY, **fields)}


def find_due_day(name: str) -> date:
    return next(due.day for due in plan_imports(get_home(), REGISTRY) if due.name == name)


@pytest.fixture
def addresses(monkeypatch):
    """Let the importers with addresses fetch local files, or nothing at all, in place of the network."""

    def point(**places: Path | str):
        for name, entry in CATALOGUE.items():
            given = places.get(name.replace("-", "_"))
            addresses = (str(given),) if given else (("http://127.0.0.1:9/",) if entry.addresses else ())
            monkeypatch.setitem(CATALOGUE, name, entry.__class__(entry.module, entry.source, entry.takes, addresses))

    monkeypatch.setattr("collectors.importers.epoch_eci.ADDRESS", str(ECI))
    monkeypatch.setattr("collectors.importers.downloading.FIRST_WAIT_S", 0.0)
    return point


def test_what_is_due_is_fetched_and_what_cannot_be_reached_does_not_stop_the_others(addresses):
    addresses(epoch_eci=ECI)
    rows = import_what_is_due()
    assert set(rows) == {"epoch-eci", "epoch-benchmarks", "lmarena"}
    assert (rows["epoch-eci"]["is_due"], rows["lmarena"]["is_due"]) == (False, False)
    assert rows["epoch-eci"]["why"] == "not due before 2026-09-10"
    (failed,) = rows["epoch-benchmarks"]["payloads"]
    assert "the connection failed" in failed.problem


def test_a_due_source_lands_and_is_then_not_due_until_its_cadence_has_passed(addresses, monkeypatch):
    addresses(epoch_eci=ECI, lmarena=BOARD)
    monkeypatch.setattr(f"{__name__}.TODAY", date(2026, 10, 12))
    rows = import_what_is_due()
    assert [rows["epoch-eci"]["payloads"][0].state, rows["lmarena"]["payloads"][0].state] == ["landed", "landed"]
    looked = datetime.now(UTC).date()
    assert find_due_day("epoch-eci") == looked + timedelta(days=30)
    assert find_due_day("lmarena") == looked + timedelta(days=7)


def test_what_landed_from_a_file_counts_as_looked_at(addresses, tmp_path):
    addresses(lmarena=tmp_path / "board.json")
    path = write_file(tmp_path / "leaderboard-text-2026-10-20.json", BOARD.read_text(encoding="utf-8"))
    run("import", "lmarena", path, "--retrieved-on", "2026-10-20")
    assert find_due_day("lmarena") == date(2026, 10, 27)


def test_of_several_addresses_the_one_looked_at_longest_ago_decides(addresses):
    addresses(lmarena=BOARD)
    Fetcher(get_home()).fetch(str(BOARD))
    entry = CATALOGUE["lmarena"]
    both = entry.__class__(entry.module, entry.source, entry.takes, (*entry.addresses, "http://127.0.0.1:9/"))
    assert find_due_day("lmarena") > TODAY
    CATALOGUE["lmarena"] = both
    assert find_due_day("lmarena") == date(2026, 10, 12)


def test_the_command_for_what_is_due_fails_where_one_could_not_be_reached(addresses):
    addresses(epoch_eci=ECI)
    app = typer.Typer()
    imports.mount(app)
    done = CliRunner().invoke(app, ["--due", "--json"])
    assert done.exit_code == 1
    rows = {row["source"]: row for row in json.loads(done.stdout)}
    assert rows["epoch-benchmarks"]["why"] == "due since 2025-12-28"
    assert "Check the network" in rows["epoch-benchmarks"]["payloads"][0]["problem"]
    assert FetchError.exit_code == 1
