"""Epoch's files: the rules of the published figures in code, held against the bundled rows and the real file."""

import csv
import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from import_kit import PAYLOADS, REGISTRY, count_reasons, get_home, import_place, parse_place, write_file

from collectors.efforts import read_effort
from collectors.errors import PayloadError
from collectors.importers import epoch
from collectors.published import FOLDER, land_published, read_published

ECI = PAYLOADS / "epoch" / "eci_benchmarks.csv"
DAY = date(2026, 8, 11)
BUNDLED = read_published(FOLDER / "epoch-eci.csv", REGISTRY.sources["epoch-eci"], REGISTRY)[0]


def test_every_row_of_the_trimmed_file_is_a_bundled_row_to_the_last_field():
    parsed = parse_place("epoch-eci", ECI, published_date=DAY)
    assert (parsed.n_rows, len(parsed.scores), parsed.rejects) == (10, 10, {})
    assert [score for score in parsed.scores if score not in BUNDLED] == []


def test_the_whole_real_file_gives_the_bundled_rows_and_nothing_else(shared):
    parsed = parse_place("epoch-eci", shared / "data" / "epoch" / "eci_benchmarks.csv", published_date=DAY)
    assert (parsed.n_rows, parsed.rejects) == (2249, {})
    count = lambda scores: Counter(score.model_dump_json() for score in scores)  # noqa: E731
    assert count(parsed.scores) == count(BUNDLED)


def test_the_real_file_after_the_published_figures_brings_nothing_new_and_twice_changes_nothing(shared, tmp_path):
    land_published(get_home(), REGISTRY)
    first, second = (
        import_place("epoch-eci", shared / "data" / "epoch" / "eci_benchmarks.csv", retrieved_on=DAY)[0]
        for _ in range(2)
    )
    assert (first.n_rows, first.n_new, first.n_known, first.n_rejected) == (2249, 0, 2249, 0)
    assert (first.state, second.state, first.run) == ("landed", "unchanged", second.run)
    assert first.unresolved == []


def test_a_correction_for_chance_is_undone_and_a_zero_is_only_a_bound():
    plain, note, is_bound = epoch.undo_chance("gpqa-diamond", 0.29545454545454547)
    assert (plain, note, is_bound) == (0.471591, "printed corrected for chance", False)
    plain, note, is_bound = epoch.undo_chance("hle", 0.0)
    assert (plain, is_bound) == (0.048, True)
    assert "upper bound" in note
    assert epoch.undo_chance("gsm8k", 0.92) == (0.92, None, False)


def test_a_name_that_serves_several_versions_means_the_one_that_the_row_names():
    scores = {score.setting: score.model for score in parse_place("epoch-eci", ECI).scores}
    assert scores["gemini-2.5-pro"] == "google/gemini-2.5-pro-2025-06"
    assert scores["grok-4.3_high"] == "xai/grok-4.3-beta"
    assert scores["Qwen2.5-VL-72B-Instruct"] == "qwen/qwen2.5-vl-72b"


@pytest.mark.parametrize(
    ("reference", "model", "expected"),
    [
        ("", "openai/gpt-4", ("independent", None, epoch.UNNAMED)),
        ("Epoch evaluations", "openai/gpt-4", ("independent", None, "Epoch AI")),
        ("Qwen Technical Report", "qwen/qwen-7b", ("vendor", "own", "Qwen Technical Report")),
        ("Qwen Technical Report", "meta/llama-2-7b", ("vendor", "competitor", "Qwen Technical Report")),
        ("GPT-9 System Card", "openai/gpt-9", ("vendor", "unclassified", "GPT-9 System Card")),
        ("ARC Prize Leaderboard", "openai/o3", ("leaderboard", None, "ARC Prize Leaderboard")),
    ],
)
def test_the_reference_says_who_measured(reference, model, expected):
    assert tuple(epoch.attribute(reference, model).values()) == expected


def spoil(column: str, value: str) -> str:
    rows = list(csv.DictReader(io.StringIO(ECI.read_text())))
    rows[3][column] = value
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("performance", "nan", "score is not a finite number"),
        ("performance", "inf", "score is not a finite number"),
        ("performance", "n/a", "score is not a finite number"),
        ("performance", "", "score is not a finite number"),
        ("performance", "29.5", "score is out of range"),
        ("performance", "-0.1", "score is out of range"),
        ("performance", "1e999", "score is not a finite number"),
        ("benchmark", "=cmd|' /C calc'!A1", "benchmark is not registered"),
        ("model_version", "@SUM(1+1)", "model is not registered"),
        ("source", '=HYPERLINK("https://example.org")', "text begins like a formula of a spreadsheet"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_land(tmp_path, column, value, reason):
    (found,) = import_place("epoch-eci", write_file(tmp_path / "eci.csv", spoil(column, value)))
    assert (found.n_new, found.rejects) == (9, {reason: 1})


def test_a_repeated_row_and_a_row_of_the_wrong_length_are_counted(tmp_path):
    text = ECI.read_text()
    lines = text.splitlines(keepends=True)
    (found,) = import_place("epoch-eci", write_file(tmp_path / "eci.csv", text + lines[1] + "m1,b2,0.5\n"))
    assert (found.n_rows, found.n_new) == (12, 10)
    assert found.rejects == {"figure is given twice in its payload": 1, "row has too few or too many fields": 1}


RUNS = PAYLOADS / "epoch" / "benchmarks_runs.csv"


def test_epochs_own_runs_keep_their_day_and_standard_error_and_are_recognised_as_bundled():
    parsed = parse_place("epoch-benchmarks", RUNS)
    assert count_reasons(parsed) == {"model is not registered": 1}
    score = parsed.scores[1]
    assert (score.model, score.benchmark, score.score, score.stderr) == (
        "openai/o3-mini", "swe-bench-verified", 0.378, 0.02,
    )  # fmt: skip
    assert (score.effort, score.published_date, score.first_known_date) == (
        "medium",
        date(2025, 5, 8),
        date(2025, 5, 8),
    )
    land_published(get_home(), REGISTRY)
    (found,) = import_place("epoch-benchmarks", RUNS)
    assert (found.n_new, found.n_known, found.n_rejected) == (0, 3, 1)
    assert [row["name"] for row in found.unresolved] == ["gemini-1.5-flash-8b-001"]


def test_collected_figures_are_percentages_with_a_sign_and_name_their_publisher():
    parsed = parse_place("epoch-benchmarks", PAYLOADS / "epoch" / "external_benchmark_mmlu.csv")
    assert count_reasons(parsed) == {"model is not registered": 1}
    opus = next(score for score in parsed.scores if score.model == "anthropic/claude-3-opus")
    assert (opus.score, opus.protocol.n_shot, opus.origin) == (0.846, 5, "independent")
    assert opus.reported_by == "Stanford CRFM Leaderboard"
    intern = next(score for score in parsed.scores if score.model == "internlm/internlm-7b")
    assert (intern.origin, intern.reporter_relation) == ("vendor", "competitor")


def make_archive(members: dict | None = None) -> bytes:
    """Return an archive in the layout of Epoch's, with a list of what its files are."""
    files = {
        "README.md": "what it is",
        "benchmark_metadata.csv": "benchmark,source_file,score_column,scale\n"
        "GSM8K,gsm8k_external.csv,Solved,100\nMETR Time Horizons,metr.csv,Time horizon,\n",
        "model_metadata.csv": "model_version,date\ngpt-4-0613,2023-06-13\n",
        "gpqa_diamond.csv": "Model version,mean_score,Best score (across scorers),Release date,stderr,Started at,id\n"
        "gpt-4-0613,0.3,0.35,2023-06-13,0.03,2025-01-26T10:00:00.000Z,AAAA\n",
        "gsm8k_external.csv": "Model version,Solved,Source\ngpt-4-0613,92.0,GPT-4 Technical Report\n",
        "metr.csv": "Model version,Time horizon,Source\ngpt-4-0613,0.9,METR\n",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (files | (members or {})).items():
            archive.writestr(name, text)
    return buffer.getvalue()


def archive_to_file(data: bytes) -> Path:
    return write_file(get_home().parent / "benchmark_data.zip", data)


def test_the_archive_says_which_column_is_the_score_and_on_what_scale():
    parsed = parse_place("epoch-benchmarks", archive_to_file(make_archive()))
    found = {score.benchmark: (score.score, score.stderr) for score in parsed.scores}
    assert found == {"gpqa-diamond": (0.35, 0.03), "gsm8k": (0.92, None)}
    assert count_reasons(parsed) == {"figures are in a unit of their own": 1}
    assert next(s for s in parsed.scores if s.benchmark == "gpqa-diamond").first_known_date == date(2025, 1, 26)


@pytest.mark.parametrize(
    ("member", "text", "reason"),
    [
        ("aider_polyglot_external.csv", "Model version,Resolved in some way\ngpt-4-0613,1\n",
         "which column is the score is not known"),
        ("aider_polyglot_external.csv", "Model version,Score\ngpt-4-0613,88.2\n", "score is out of range"),
        ("aider_polyglot_external.csv", "Model version,Score\ngpt-4-0613,NaN\n", "score is not a finite number"),
        ("swe_bench_verified.csv", "id,task,model,Best score (across scorers),Status\na,SWE-Bench verified,gpt-4-0613,"
         "0.2,Error\n", "run did not end well"),
    ],
)  # fmt: skip
def test_a_bad_row_in_the_archive_is_counted_with_its_reason(member, text, reason):
    parsed = parse_place("epoch-benchmarks", archive_to_file(make_archive({member: text})))
    assert count_reasons(parsed) == {"figures are in a unit of their own": 1, reason: 1}


@pytest.mark.parametrize(
    ("scores", "stderr"),
    [
        ("match: 0.35±0.02", 0.02),
        ("a: 1.9±0.5, b: .35±.03", 0.03),
        ("none", None),
        ("0.35±0", None),
        # Were each part of it tried against each, it would take days.
        ("1" * 100_000, None),
    ],
    ids=["one", "two", "none", "zero", "long"],
)
def test_the_standard_error_of_a_run_stands_beside_its_score(scores, stderr):
    text = "id,task,model,Best score (across scorers),Scores,Status\n"
    text += f'a,SWE-Bench verified,gpt-4-0613,0.35,"{scores}",Success\n'
    parsed = parse_place("epoch-benchmarks", archive_to_file(make_archive({"swe_bench_verified.csv": text})))
    (score,) = [score for score in parsed.scores if score.benchmark.startswith("swe")]
    assert score.stderr == stderr


@pytest.mark.parametrize(("shots", "n_shot"), [("5", 5), ("", None), ("²", None), ("1" * 5000, None), ("-1", None)])
def test_shots_are_a_count_or_unknown(shots, n_shot):
    text = f"Model version,Score,Shots\ngpt-4-0613,0.9,{shots}\n"
    parsed = parse_place("epoch-benchmarks", archive_to_file(make_archive({"hellaswag_external.csv": text})))
    (score,) = [score for score in parsed.scores if score.benchmark == "hellaswag"]
    assert (score.protocol.n_shot, score.setting) == (n_shot, "5-shot; gpt-4-0613" if n_shot else "gpt-4-0613")


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/passwd.csv", "a/../../evil.csv", "C:/evil.csv", "a\\evil.csv"])
def test_an_archive_whose_names_lead_out_of_it_lands_nothing(name):
    data = make_archive({name.replace("\\", "|"): "Model version,Score\n"})
    if "\\" in name:
        data = data.replace(b"a|evil.csv", b"a\\evil.csv")
    with pytest.raises(PayloadError, match="leads out of the archive"):
        parse_place("epoch-benchmarks", archive_to_file(data))
    (found,) = import_place("epoch-benchmarks", archive_to_file(data))
    assert found.state == "failed"
    assert "leads out of the archive" in found.problem


def test_effort_is_read_from_every_bundled_setting_as_the_published_figures_have_it():
    wrong = []
    for path in sorted(FOLDER.glob("*.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            found = read_effort(row["setting"], row["model"]) or ""
            if found != row["effort"]:
                wrong.append((path.stem, row["setting"], row["effort"], found))
    assert wrong == []
