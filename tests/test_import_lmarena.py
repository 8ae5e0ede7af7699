"""Arena boards in each of their forms: dated, with bounds, by category; a day off the board is no figure."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from import_kit import PAYLOADS, REGISTRY, count_reasons, get_home, import_place, parse_place, write_file

from collectors.entries import Benchmark
from collectors.errors import PayloadError
from collectors.published import FOLDER, land_published, read_published

BOARD = PAYLOADS / "arena" / "leaderboard-text-2025-12-11.json"
HISTORY = PAYLOADS / "arena" / "text-elo-history.csv"
VIDEO = PAYLOADS / "arena" / "text-to-video.json"
BUNDLED = read_published(FOLDER / "lmarena.csv", REGISTRY.sources["lmarena"], REGISTRY)[0]


def test_a_catalogue_board_gives_the_bundled_rows_to_the_last_field():
    parsed = parse_place("lmarena", BOARD)
    assert count_reasons(parsed) == {"category is not registered": 10, "model is not registered": 4}
    assert len(parsed.scores) == 16
    assert [score for score in parsed.scores if score not in BUNDLED] == []
    assert {score.benchmark for score in parsed.scores} == {
        "lmarena-text", "lmarena-text-chinese", "lmarena-text-coding", "lmarena-text-math",
    }  # fmt: skip


def test_bounds_become_a_standard_error_and_the_board_is_part_of_the_protocol():
    score = next(s for s in parse_place("lmarena", BOARD).scores if s.model == "deepseek/deepseek-v3.1")
    item = json.loads(BOARD.read_text())["full"]["deepseek-v3.1-thinking"]
    assert score.stderr == pytest.approx((item["rating_q975"] - item["rating_q025"]) / 2 / 1.96, abs=0.005)
    assert score.protocol.board == "lmarena/arena-catalog/text/overall/no-style-control/2025-12-11"
    assert (score.setting, score.effort) == ("deepseek-v3.1-thinking; no style control", "thinking")


def test_a_category_that_an_overlay_registers_is_imported():
    categories = {"lmarena-text-instruction-following": "if", "lmarena-text-creative-writing": "creative_writing"}
    more = {name: Benchmark(id=name, name={"en": name}, domain="human-preference", unit="elo") for name in categories}
    registry = REGISTRY.__class__(**{**REGISTRY.__dict__, "benchmarks": {**REGISTRY.benchmarks, **more}})
    parsed = parse_place("lmarena", BOARD, registry)
    assert count_reasons(parsed) == {"model is not registered": 6}
    assert set(more) < {score.benchmark for score in parsed.scores}


def test_a_history_has_a_board_a_day_and_zero_is_not_listed():
    parsed = parse_place("lmarena", HISTORY)
    assert parsed.n_rows == 12
    assert count_reasons(parsed) == {"model is not listed on that day": 4, "model is not registered": 3}
    first = parsed.scores[0]
    assert (first.model, first.score, first.stderr) == ("openai/gpt-4", 1274.19, None)
    assert (first.published_date, first.first_known_date) == (date(2023, 5, 8), date(2023, 5, 8))
    assert first.protocol.board == "lmarena/lmarena-history/text/overall/no-style-control/2023-05-08"
    assert parsed.snapshot_date == date(2025, 2, 27)


def test_a_page_of_text_to_video_gives_the_bundled_rows(tmp_path):
    parsed = parse_place("lmarena", VIDEO)
    assert count_reasons(parsed) == {"model is not registered": 1}
    keys = {(s.model, s.score, s.stderr, s.setting, s.protocol.board, s.notes) for s in parsed.scores}
    bundled = {(s.model, s.score, s.stderr, s.setting, s.protocol.board, s.notes) for s in BUNDLED}
    assert len(keys) == 3
    assert keys <= bundled


ROWS = [
    {"model_name": "gpt-4-0613", "rating": 1163.2, "rating_lower": 1158.1, "rating_upper": 1168.3, "vote_count": 91614,
     "rank": 9, "category": category, "leaderboard_publish_date": "2026-08-19"}
    for category in ("overall", "chinese", "korean")
]  # fmt: skip


def write_rows(folder: Path, rows: list[dict], subset: str = "text_style_control") -> Path:
    path = folder / subset / "latest-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_rows_of_the_data_set_are_read_from_parquet_and_from_its_viewer(tmp_path):
    parsed = parse_place("lmarena", write_rows(tmp_path, ROWS))
    viewer = write_file(tmp_path / "text_style_control" / "rows.json", json.dumps({"rows": [{"row": r} for r in ROWS]}))
    for found in (parsed, parse_place("lmarena", viewer)):
        assert count_reasons(found) == {"category is not registered": 1}
        assert [s.protocol.board for s in found.scores] == [
            "lmarena/leaderboard-dataset/text/overall/style-control/2026-08-19",
            "lmarena/leaderboard-dataset/text/chinese/style-control/2026-08-19",
        ]
        assert [(s.stderr, s.notes) for s in found.scores] == [(2.6, "votes 91614")] * 2


def test_the_real_board_and_history_are_reconciled_to_the_row(shared):
    land_published(get_home(), REGISTRY)
    (board,) = import_place("lmarena", shared / "data" / "lmarena" / "leaderboard-text-2025-12-11.json")
    (history,) = import_place("lmarena", shared / "data" / "lmarena" / "text-elo-history-2023-05_2025-02.csv")
    assert (board.n_rows, board.n_new + board.n_known, board.n_rejected) == (7461, 631, 6830)
    assert board.n_known == 608
    assert board.rejects == {"category is not registered": 6369, "model is not registered": 461}
    assert (history.n_rows, history.n_new + history.n_known) == (98 * 227, 5867)
    assert history.rejects == {"model is not listed on that day": 10419, "model is not registered": 5960}
    assert (len(board.unresolved), len(history.unresolved)) == (123, 117)
    again = import_place("lmarena", shared / "data" / "lmarena" / "leaderboard-text-2025-12-11.json")
    assert (again[0].state, again[0].run) == ("unchanged", board.run)


def change(path: str, value: object) -> str:
    document = json.loads(BOARD.read_text())
    *keys, last = path.split("/")
    place = document
    for key in keys:
        place = place[key]
    place[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("full/grok-4.1-thinking/rating", float("nan"), "score is not a finite number"),
        ("full/grok-4.1-thinking/rating", float("-inf"), "score is not a finite number"),
        ("full/grok-4.1-thinking/rating", None, "score is not a finite number"),
        ("full/grok-4.1-thinking/rating", [1, 2], "score is not a finite number"),
        ("full/grok-4.1-thinking/rating", True, "score is not a finite number"),
        ("full/grok-4.1-thinking/rating", 12_000, "score is out of range"),
        ("full/grok-4.1-thinking/rating", -3, "score is out of range"),
        ("full/grok-4.1-thinking/rating", 0, "model is not listed on that day"),
        ("full/grok-4.1-thinking", "what?", "score is not a finite number"),
        ("full/=cmd()", {"rating": 1500}, "model is not registered"),
        ("full/ ", {"rating": 1500}, "model has no name"),
    ],
)
def test_a_bad_rating_is_refused_with_its_reason_and_the_others_land(tmp_path, path, value, reason):
    (found,) = import_place("lmarena", write_file(tmp_path / BOARD.name, change(path, value)))
    expected = {"category is not registered": 10, "model is not registered": 4}
    assert found.rejects == expected | {reason: expected.get(reason, 0) + 1}
    assert found.n_new in (15, 16)


def test_bad_bounds_leave_the_standard_error_unknown(tmp_path):
    for bounds in (("x", 1.0), (None, None), (1500.0, 1400.0), (float("nan"), 1.0), (1, 10**400)):
        text = change("full/grok-4.1-thinking", {"rating": 1500, "rating_q025": bounds[0], "rating_q975": bounds[1]})
        parsed = parse_place("lmarena", write_file(tmp_path / BOARD.name, text))
        (score,) = [s for s in parsed.scores if s.score == 1500]
        assert score.stderr is None


def test_a_board_without_a_day_is_refused_unless_one_is_said(tmp_path):
    path = write_file(tmp_path / "leaderboard-text.json", BOARD.read_text())
    assert count_reasons(parse_place("lmarena", path))["board has no day"] == 30
    assert len(parse_place("lmarena", path, published_date=date(2025, 12, 11)).scores) == 16


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("b.json", b"<!doctype html><title>Sign in</title>", "HTML"),
        ("b.json", BOARD.read_bytes()[:900], "JSON"),
        ("b.json", b'{"full": {"a": {"rating": 1}, "a": {"rating": 2}}}', "twice"),
        ("b.json", b"[1, 2]", "not an arena board"),
        ("b.json", b"{}", "not an arena board"),
        ("b.json", b'{"full": 3}', "not an arena board"),
        ("b.json", BOARD.read_text().encode("utf-16"), "UTF-16"),
        ("b.json", '{"full": {"智谱": {"rating": 1}}}'.encode("gb18030"), "UTF-8"),
        ("b.csv", HISTORY.read_bytes()[:-30], "torn line"),
        ("b.csv", "日期,gpt-4\n20230508,1\n".encode(), "columns are missing"),
        ("b.csv", b",gpt-4,gpt-4\n20230508,1,2\n", "a column stands twice"),
        ("b.csv", HISTORY.read_text().encode("utf-16"), "UTF-16"),
        ("b.parquet", b"PAR1 but no more", "not a whole Parquet file"),
        ("b.bin", b"", "columns are missing"),
    ],
)
def test_a_file_that_is_no_board_lands_nothing(tmp_path, name, data, words):
    (found,) = import_place("lmarena", write_file(tmp_path / "text" / name, data))
    assert (found.state, found.run) == ("failed", None)
    assert words in found.problem
    assert not (get_home() / "landing").exists()


@pytest.mark.parametrize("subset", ["somewhere", "context", "text_boards"])
def test_rows_whose_arena_cannot_be_told_are_refused(tmp_path, subset):
    path = write_rows(tmp_path, ROWS, subset=subset)
    with pytest.raises(PayloadError, match="which arena it is cannot be told"):
        parse_place("lmarena", path)


def test_parquet_without_the_columns_is_refused(tmp_path):
    path = write_rows(tmp_path, [{"model_name": "a", "score": 1}])
    with pytest.raises(PayloadError, match="columns are missing"):
        parse_place("lmarena", path)
