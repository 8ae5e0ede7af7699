"""Published figures: every bundled row is right, none is lost or kept against its source's terms, bad rows are told."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from collectors.landing import list_landed, read_landed
from collectors.published import COLUMNS, FOLDER, PublishedError, land_published, read_published
from collectors.registry_loader import load_registry

FILES = sorted(FOLDER.glob("*.csv"))
DATA_SET_DATES = {"2025-11-28", "2026-08-11", "2026-08-22"}
CORRECTED = {
    **dict.fromkeys(("arc-challenge", "bbh", "gpqa-diamond", "hellaswag", "mmlu", "openbookqa"), 1 / 4),
    **dict.fromkeys(("piqa", "winogrande"), 1 / 2),
    "anli": 1 / 3,
    "simplebench": 1 / 6,
    "surface-evolver-bench": 0.2,
    "hle": 0.048,
    "otis-mock-aime": 0.001,
}
BOARD = re.compile(r"lmarena/[a-z-]+/text(-to-video)?/[a-z-]+(/(no-)?style-control)?/\d{4}-\d\d-\d\d")
LEFT_OUT = {"published_scores": 49, "published_ratings": 2}
GOOD = {
    "model": "deepseek/deepseek-v3",
    "benchmark": "mmlu",
    "metric": "accuracy",
    "unit": "fraction",
    "score": "0.885",
    "origin": "vendor",
    "reporter_relation": "own",
    "reported_by": "DeepSeek",
    "published_date": "2024-12-26",
    "first_known_date": "2024-12-26",
    "is_provisional": "false",
}


@pytest.fixture(scope="module")
def registry():
    return load_registry()


@pytest.fixture(scope="module")
def rows() -> dict[str, list[dict]]:
    return {path.stem: _read(path) for path in FILES}


def _read(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def write(tmp_path):
    def _write(*changes: dict, name: str = "vendor-deepseek", header: str = ",".join(COLUMNS)) -> Path:
        path = tmp_path / "published" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            writer.writerows({**GOOD, **change} for change in changes)
        return path

    return _write


def _problems(path: Path, registry) -> list[str]:
    return read_published(path, registry.sources[path.stem], registry)[1]


def test_there_is_a_file_for_every_family_of_sources():
    stems = {path.stem for path in FILES}
    assert {"epoch-eci", "epoch-benchmarking-hub", "lmarena", "llmstats", "vendor-deepseek", "vendor-openbmb"} <= stems
    assert "artificial-analysis" not in stems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_bundled_row_is_right(path: Path, registry):
    scores, problems = read_published(path, registry.sources[path.stem], registry)
    assert problems == []
    assert len(scores) == len(_read(path)) > 0
    assert {score.source for score in scores} == {path.stem}
    # No Windows line ends and no order of chance: a changed figure shows as one changed line.
    assert b"\r" not in path.read_bytes()
    keys = [(row["benchmark"], row["model"], row["board"], row["published_date"]) for row in _read(path)]
    assert keys == sorted(keys)


def test_no_figure_measured_by_artificial_analysis_is_kept(rows):
    everything = [row for file in rows.values() for row in file]
    assert not [row for row in everything if "artificialanalysis" in row["source_url"].lower()]
    assert not [row for row in everything if "artificial analysis" in row["reported_by"].lower()]
    assert not [row for row in everything if row["benchmark"] in ("aa-video-arena", "terminal-bench-hard")]


def test_taken_and_left_out_add_up_to_the_facts(rows, shared):
    """Compare figure by figure: what a source printed, on what, by how many rows."""
    facts, ours = Counter(), Counter()
    for name, left in LEFT_OUT.items():
        kept = [row for row in _read(shared / "facts" / f"{name}.csv") if not _is_left_out(row)]
        total = len(_read(shared / "facts" / f"{name}.csv"))
        assert total - len(kept) == left
        for row in kept:
            facts[_shape(row["benchmark_id"], row["score"], row["source_url"], row["setting"])] += 1
    for file in rows.values():
        for row in file:
            ours[_shape(row["benchmark"], row["score_printed"] or row["score"], row["source_url"], row["setting"])] += 1
    assert ours - facts == facts - ours == Counter()
    assert sum(ours.values()) == 5467 + 5525 - sum(LEFT_OUT.values())


def _is_left_out(row: dict) -> bool:
    return "Artificial Analysis" in row["source_name"] or "artificialanalysis.ai" in row["source_url"]


def _shape(benchmark: str, score: str, url: str, setting: str) -> tuple:
    # Epoch's index file calls Terminal-Bench 2.0 by the name of the first version.
    is_epoch = url.endswith("eci_benchmarks.csv") and benchmark.startswith("terminal-bench")
    return "terminal-bench" if is_epoch else benchmark, round(float(score), 6), url, setting.strip()


def test_nothing_of_the_check_only_file_is_kept(rows, shared):
    forbidden = {row["source_url"] for row in _read(shared / "facts" / "check_only_artificial_analysis.csv")}
    assert forbidden
    assert not forbidden & {row["source_url"] for file in rows.values() for row in file}


def test_readme_counts_what_is_there(rows):
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name, file in rows.items():
        assert re.search(rf"^\| {re.escape(name)} \| {len(file):,} \|", text, re.M), name
    total = sum(map(len, rows.values()))
    assert f"{total:,} are here, {sum(LEFT_OUT.values())} were left out" in text


def test_scores_printed_corrected_for_chance_stand_on_the_plain_scale(rows):
    corrected = [row for row in rows["epoch-eci"] if row["score_printed"]]
    assert len(corrected) == 789
    assert {row["benchmark"] for row in corrected} == set(CORRECTED)
    for row in corrected:
        chance, printed = CORRECTED[row["benchmark"]], float(row["score_printed"])
        assert float(row["score"]) == pytest.approx(printed * (1 - chance) + chance, abs=2e-6)
        assert row["is_provisional"] == "true" or printed > 0
    assert not [row for row in rows["epoch-eci"] if row["benchmark"] in CORRECTED and not row["score_printed"]]


def test_plain_and_restored_figures_of_one_run_agree(rows):
    plain = {(row["model"], row["setting"]): float(row["score"]) for row in rows["epoch-benchmarking-hub"]
             if row["benchmark"] == "gpqa-diamond"}  # fmt: skip
    pairs = [
        (float(row["score"]), plain[row["model"], row["setting"]])
        for row in rows["epoch-eci"]
        if row["benchmark"] == "gpqa-diamond" and (row["model"], row["setting"]) in plain
    ]
    assert len(pairs) > 60
    assert sum(abs(restored - printed) < 0.002 for restored, printed in pairs) / len(pairs) > 0.9


def test_a_figure_belongs_to_the_version_that_its_setting_names(rows):
    by_setting = {
        "chatgpt-4o-latest-20250326": "openai/chatgpt-4o-latest-2025-03",
        "claude-3-5-sonnet-20241022": "anthropic/claude-3.5-sonnet-2024-10",
        "gpt-4o-2024-11-20": "openai/gpt-4o-2024-11",
        "kimi-k2-0905-preview": "moonshotai/kimi-k2-2025-09",
        "gemini-1.5-pro-002": "google/gemini-1.5-pro-2024-09",
    }
    found = Counter()
    for row in (row for file in rows.values() for row in file):
        served = row["setting"].split(";")[0]
        if served in by_setting:
            found[served] += 1
            assert row["model"] == by_setting[served], row
    assert set(found) == set(by_setting)


def test_no_vendor_reports_a_model_long_before_its_release(rows, registry):
    for name, file in rows.items():
        for row in file:
            released = registry.models[row["model"]].release_date
            if row["first_known_date"] and released and row["origin"] == "vendor":
                assert row["first_known_date"] >= str(released.replace(day=1)), (name, row)


def test_a_day_is_known_only_where_it_is_no_data_set_s(rows):
    for name in ("epoch-eci", "models-dev", "aider", "helm", "arc-prize"):
        assert not [row for row in rows[name] if row["first_known_date"]]
    known = [row for file in rows.values() for row in file if row["first_known_date"] and row["unit"] == "fraction"]
    assert not [row for row in known if row["first_known_date"] in DATA_SET_DATES]
    assert len(known) > 2000


def test_ratings_name_a_board_of_their_day_and_accuracies_none(rows):
    for row in rows["lmarena"]:
        assert re.fullmatch(
            r"lmarena/[a-z-]+/text(-to-video)?/[a-z-]+(/(no-)?style-control)?/\d{4}-\d\d-\d\d", row["board"]
        )
        assert row["board"].endswith(row["published_date"])
        assert ("no-style-control" in row["board"]) == ("no style control" in row["setting"])
    assert not [row for name, file in rows.items() if name != "lmarena" for row in file if row["board"]]
    assert len({row["board"] for row in rows["lmarena"]}) >= 30


@pytest.mark.parametrize(
    ("setting", "effort"),
    [
        ("gpt-5.4-2026-03-05_xhigh", "xhigh"),
        ("o3-2025-04-16_medium; Terminus", "medium"),
        ("claude-sonnet-4-20250514_16K", "thinking"),
        ("claude-opus-4-20250514-thinking-16k; style control", "thinking"),
        ("grok-4.5_unknown", ""),
        ("qwen3-max-2025-09-23", ""),
        ("gpt-5.1-codex-max", ""),
        ("qwen3.8-max_xhigh", "xhigh"),
        ("base; 5-shot", "base"),
        ("non-thinking; avg@64", "non-thinking"),
    ],
)
def test_effort_is_read_from_the_setting(rows, setting, effort):
    found = [row["effort"] for file in rows.values() for row in file if row["setting"] == setting]
    assert found
    assert set(found) == {effort}


def test_landing_twice_changes_nothing(tmp_path, registry, write):
    write({}, {"benchmark": "gsm8k"})
    first = land_published(tmp_path, registry, tmp_path / "published")
    before = {path: path.read_bytes() for path in first[0].iterdir()}
    assert land_published(tmp_path, registry, tmp_path / "published") == first
    assert {path: path.read_bytes() for path in first[0].iterdir()} == before
    assert len(list_landed(tmp_path, all_attempts=True)) == 1


def test_a_changed_file_lands_anew_and_stands_in_place_of_the_former(tmp_path, registry, write):
    for score in ("0.885", "0.88", "0.87"):
        write({"score": score})
        (landed,) = land_published(tmp_path, registry, tmp_path / "published")
    (run,) = list_landed(tmp_path)
    assert run.path == landed
    assert (run.manifest.run, run.manifest.attempt) == ("published-vendor-deepseek", 3)
    assert [score.score for score in read_landed(landed, verify=True).scores] == [0.87]
    assert len(list_landed(tmp_path, all_attempts=True)) == 3


def test_two_homes_land_the_same_bytes(tmp_path, registry, write):
    write({})
    one, two = (land_published(tmp_path / home, registry, tmp_path / "published")[0] for home in "ab")
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }


def test_a_landed_figure_keeps_whose_it_is(tmp_path, registry, write):
    write({"reporter_relation": "competitor", "is_provisional": "true", "effort": "thinking", "n_shot": "5"})
    (landed,) = land_published(tmp_path, registry, tmp_path / "published")
    (score,) = json.loads((landed / "results.json").read_text(encoding="utf-8"))["scores"]
    kept = ("source", "origin", "reporter_relation", "reported_by", "effort", "is_provisional", "stderr")
    assert [score[name] for name in kept] == [
        "vendor-deepseek", "vendor", "competitor", "DeepSeek", "thinking", True, None,
    ]  # fmt: skip
    assert (score["protocol"]["benchmark"], score["protocol"]["n_shot"]) == ("mmlu", 5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "deepseek/deepseek-v33"}, "model: not registered; got 'deepseek/deepseek-v33'; closest: 'deepseek/"),
        ({"benchmark": "mmlu-prro"}, "benchmark: not registered; got 'mmlu-prro'; closest: 'mmlu-pro'"),
        ({"score": "88.5"}, "score: a fraction lies in 0–1; got 88.5. Divide percentages by 100."),
        ({"score": "-0.1"}, "score: a fraction lies in 0–1; got -0.1."),
        ({"score": ""}, "score: Input should be a valid number"),
        ({"score": "0,885"}, "score: Input should be a valid number"),
        ({"score": "nan"}, "score: Input should be a finite number"),
        ({"score": "inf"}, "score: Input should be a finite number"),
        ({"stderr": "0"}, "stderr: an unknown standard error is empty; got 0."),
        ({"stderr": "-0.01"}, "stderr: Input should be greater than or equal to 0"),
        ({"unit": "elo", "board": "one"}, "unit: mmlu is in fraction; got 'elo'"),
        (
            {"unit": "elo", "benchmark": "lmarena-text", "score": "1300"},
            "board: a rating compares only within one dated",
        ),
        ({"unit": "percent"}, "unit: Input should be 'fraction' or 'elo'"),
        ({"origin": "measured", "reporter_relation": ""}, "origin: not measured by us; got 'measured'"),
        ({"origin": "hearsay"}, "origin: Input should be"),
        ({"reporter_relation": ""}, "reporter_relation: vendor rows, and only they"),
        ({"origin": "independent"}, "reporter_relation: vendor rows, and only they"),
        ({"published_date": "2024-13-01"}, "published_date: Input should be a valid date"),
        ({"published_date": "26.12.2024"}, "published_date: Input should be a valid date"),
        ({"first_known_date": "2025-01-01"}, "first_known_date: later than published_date 2024-12-26; got 2025-01-01"),
        ({"is_provisional": "maybe"}, "is_provisional: Input should be a valid boolean"),
        ({"n_shot": "five"}, "n_shot: Input should be a valid integer"),
    ],
)
def test_a_bad_row_is_told_with_its_line_value_and_remedy(change, words, registry, write):
    path = write({}, {"benchmark": "gsm8k", **change} if "benchmark" not in change else change)
    problems = _problems(path, registry)
    assert len(problems) == 1, problems
    text = problems[0].replace("gsm8k", "mmlu")
    assert text.startswith(f"{path}:3: {words}")
    assert text.endswith(".")


def test_a_figure_given_twice_is_told(registry, write):
    path = write({}, {"benchmark": "gsm8k"}, {})
    assert _problems(path, registry) == [
        f"{path}:4: the figure is given twice; got line 2 again. Remove one of the two."
    ]


def test_wrong_columns_are_told(registry, write):
    path = write({}, header=",".join(COLUMNS).replace("stderr", "std_err"))
    (problem,) = _problems(path, registry)
    assert problem.startswith(f"{path}:1: columns differ; got ['model',")


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        ("deepseek/deepseek-v3,mmlu\n", ":3: expected 19 fields; got 2."),
        (",".join(["x"] * 20) + "\n", ":3: expected 19 fields; got 20."),
        ('deepseek/deepseek-v3,"mmlu', "not valid CSV"),
    ],
)
def test_a_torn_line_is_told(tail, words, registry, write):
    path = write({})
    with path.open("a", encoding="utf-8") as file:
        file.write(tail)
    (problem,) = _problems(path, registry)
    assert words in problem


def test_another_encoding_is_told(registry, write):
    path = write({})
    path.write_bytes(path.read_bytes() + "通义千问".encode("gb18030"))
    (problem,) = _problems(path, registry)
    assert "not UTF-8 at byte" in problem


def test_nothing_lands_unless_everything_is_right(tmp_path, registry, write):
    write({}, name="llmstats")
    write({"score": "2"}, {"score": "x"})
    write({}, name="vendor-deepsek")
    write({}, name="artificial-analysis")
    with pytest.raises(PublishedError) as caught:
        land_published(tmp_path, registry, tmp_path / "published")
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 4
    assert "vendor-deepseek.csv:2: score: a fraction lies in 0–1; got 2.0" in told
    assert "vendor-deepseek.csv:3: score: Input should be a valid number" in told
    assert "must be a source with a retrieved_on date; got 'vendor-deepsek'; closest: 'vendor-deepseek'" in told
    assert "the source's terms forbid redistribution" in told
    assert not (tmp_path / "landing").exists()
