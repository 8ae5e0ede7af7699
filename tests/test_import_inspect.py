"""Inspect logs import from both formats to the same figures; a log that is unfinished, torn or made to harm to none."""

import copy
import io
import json
import stat
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from importing_logs import PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse, write_json

from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL
from collectors.importers.inspect_logs import SEVERAL_SCORERS, UNFINISHED, make_doc_id, read_mark

LOG = json.loads((PAYLOADS / "inspect" / "gsm8k.json").read_text(encoding="utf-8"))


def summarise(sample: dict) -> dict:
    """Return a sample as an archive summarises it."""
    return {key: sample[key] for key in ("id", "epoch", "input", "target", "scores", "limit", "error") if key in sample}


def pack(path: Path, log: dict = LOG, *, without: tuple[str, ...] = (), more: dict | None = None) -> Path:
    """Return an `.eval` archive of a log."""
    header = {key: value for key, value in log.items() if key != "samples"}
    samples = log.get("samples", [])
    members = {
        "_journal/start.json": {"version": 2, "eval": log["eval"], "plan": log["plan"]},
        **{f"samples/{sample['id']}_epoch_{sample['epoch']}.json": sample for sample in samples},
        "_journal/summaries/1.json": [summarise(sample) for sample in samples[:3]],
        "_journal/summaries/10.json": [summarise(sample) for sample in samples[3:]],
        "summaries.json": [summarise(sample) for sample in samples],
        "header.json": header,
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in members.items():
            if name not in without:
                archive.writestr(name, document if isinstance(document, bytes) else json.dumps(document))
    return path


def pack_zstandard(path: Path, frames: int = 2) -> Path:
    """Return an archive whose members are Zstandard, which this Python cannot write: stored, then marked as such."""
    header = {key: value for key, value in LOG.items() if key != "samples"}
    documents = {"summaries.json": [summarise(sample) for sample in LOG["samples"]], "header.json": header}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, document in documents.items():
            text = json.dumps(document).encode()
            cuts = [text[i::frames] for i in range(frames)] if frames == 1 else [text[:50], text[50:]]
            archive.writestr(name, b"".join(pa.compress(part, codec="zstd", asbytes=True) for part in cuts))
    data = bytearray(out.getvalue())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.find(signature)
        while start >= 0:
            struct.pack_into("<H", data, start + offset, 93)
            start = data.find(signature, start + 4)
    path.write_bytes(data)
    return path


def change(tmp_path: Path, **parts) -> Path:
    """Return the log with other parts at its top, laid into what is there."""
    log = copy.deepcopy(LOG)
    for key, value in parts.items():
        log[key] = {**log[key], **value} if isinstance(value, dict) else value
    return write_json(tmp_path / "log.json", log)


def scorer(name: str, **metrics) -> dict:
    """Return a scorer's results."""
    return {"name": name, "scorer": name, "metrics": {key: {"name": key, "value": v} for key, v in metrics.items()}}


def test_a_log_gives_score_error_count_and_marks():
    [read] = read_logs("inspect", PAYLOADS / "inspect")
    score = read.find("gsm8k")
    assert (score.model, score.score, score.stderr) == ("openai/gpt-4o", 0.5, 0.28867513459481287)
    assert (score.n_samples, score.n_failed, score.coverage) == (4, 0, 1.0)
    assert (score.protocol.harness, score.protocol.metric, score.protocol.filter) == ("inspect", "accuracy", "match")
    assert score.protocol.generation == {"max_tokens": 2048, "temperature": 0.5, "fewshot": 10}
    assert (score.origin, score.published_date.isoformat()) == ("independent", "2025-10-20")
    assert [(row["outcome"], row["mark"]) for row in read.rows] == [("ok", 1), ("ok", 0), ("truncated", 1), ("ok", 0)]
    assert [row["doc_id"] for row in read.rows] == [make_doc_id(name) for name in ("a1", "a2", "a3", "a4")]
    assert read.parsed.details == {
        "task": "inspect_evals/gsm8k", "eval_id": "ErsZeo8F7tAAXHK4c9eNe7", "run_id": "V3x6ksN6A9CXjAr9MZN4zE",
    }  # fmt: skip


@pytest.mark.parametrize("make", [pack, pack_zstandard, lambda path: pack(path, without=("summaries.json",))])
def test_archives_say_the_same(make, tmp_path):
    [plain] = read_logs("inspect", PAYLOADS / "inspect")
    [packed] = read_logs("inspect", make(tmp_path / "log.eval"))
    assert packed.parsed.scores == plain.parsed.scores
    assert packed.rows == plain.rows


def test_twice_changes_nothing(tmp_path):
    assert [item.state for item in import_logs("inspect", pack(tmp_path / "log.eval"))] == ["landed"]
    assert [item.state for item in import_logs("inspect", tmp_path / "log.eval")] == ["unchanged"]
    assert read_landing()[0].samples.num_rows == 4


def test_the_address_of_a_model_begins_with_who_serves_it(tmp_path):
    path = change(tmp_path, eval={"model": "together/deepseek-ai/DeepSeek-V3"})
    assert read_logs("inspect", path)[0].find("gsm8k").model == "deepseek/deepseek-v3"
    path = change(tmp_path, eval={"model": "openai/azure/gpt-4o-mini-of-ours"})
    assert read_logs("inspect", path)[0].reasons == {UNKNOWN_MODEL: 1}


def test_epochs_are_repeats_of_an_item(tmp_path):
    samples = [LOG["samples"][0] | {"epoch": epoch} for epoch in (1, 2)]
    path = change(
        tmp_path,
        samples=samples,
        eval={"config": {"epochs": 2}, "dataset": {"samples": 1, "sample_ids": ["a1"]}},
        results={"total_samples": 2, "completed_samples": 2, "scores": [scorer("match", accuracy=1.0, stderr=0.0)]},
    )
    [read] = read_logs("inspect", path)
    score = read.find("gsm8k")
    assert (score.n_samples, score.protocol.generation["epochs"]) == (1, 2)
    assert [(row["repeat"], row["mark"]) for row in read.rows] == [(0, 1.0), (1, 1.0)]


def test_a_sample_that_failed_is_no_wrong_answer(tmp_path):
    samples = copy.deepcopy(LOG["samples"])
    samples[1] |= {"error": {"message": "429"}, "scores": {"match": {"value": "I"}}}
    [read] = read_logs("inspect", change(tmp_path, samples=samples, results={"completed_samples": 3}))
    assert read.rows[1]["outcome"] == "http_error" and read.rows[1]["mark"] is None
    assert (read.find("gsm8k").n_failed, read.find("gsm8k").coverage) == (1, 0.75)


@pytest.mark.parametrize(
    ("parts", "subtask"),
    [
        ({"eval": {"config": {"limit": 2}, "dataset": {"samples": 1319, "sample_ids": ["a1", "a2"]}}}, "limit-2"),
        ({"eval": {"config": {"limit": [0, 2]}, "dataset": {"samples": 9, "sample_ids": [1, 2]}}}, "limit-2"),
        ({"eval": {"task_args": {"subjects": ["anatomy", "law"]}}}, "anatomy+law"),
        ({"eval": {"config": {"sample_id": "a1"}}}, "sample_id"),
        ({"eval": {"config": {"limit": 4}}}, None),
        ({"eval": {"task_args": {"subjects": []}}}, None),
    ],
    ids=str,
)
def test_a_part_is_not_the_benchmark(parts, subtask, tmp_path):
    [read] = read_logs("inspect", change(tmp_path, **parts))
    assert read.find("gsm8k", subtask).score == 0.5


@pytest.mark.parametrize("parts", [{"status": "error"}, {"status": "started"}, {"invalidated": True}], ids=str)
def test_an_evaluation_that_did_not_succeed_gives_no_score(parts, tmp_path):
    [read] = read_logs("inspect", change(tmp_path, **parts))
    assert (read.reasons, read.rows) == ({UNFINISHED: 1}, [])


def test_of_several_numbers_one_stands_or_none(tmp_path):
    two = [scorer("match", accuracy=0.5, stderr=0.1), scorer("model_graded_qa", mean=0.7, std=0.1)]
    [read] = read_logs("inspect", change(tmp_path, results={"scores": two}))
    assert read.find("gsm8k").stderr == 0.1
    assert read.reasons == {OTHER_METRIC: 1}
    two = [scorer("match", accuracy=0.5), scorer("includes", accuracy=0.6)]
    [read] = read_logs("inspect", change(tmp_path, results={"scores": two}))
    assert read.reasons == {SEVERAL_SCORERS: 2}


@pytest.mark.parametrize(
    ("value", "reason"),
    [(float("nan"), NOT_A_NUMBER), (float("-inf"), NOT_A_NUMBER), (None, NOT_A_NUMBER), (50, OUT_OF_RANGE)],
    ids=str,
)
def test_what_is_no_fraction_is_refused(value, reason, tmp_path):
    [read] = read_logs("inspect", change(tmp_path, results={"scores": [scorer("match", accuracy=value)]}))
    assert (read.reasons, read.rows) == ({reason: 1}, [])


def test_an_unknown_task_is_told_with_the_nearest(tmp_path):
    [read] = read_logs("inspect", change(tmp_path, eval={"task": "inspect_evals/gsm8"}))
    assert read.reasons == {UNKNOWN_TASK: 1}
    assert "closest: 'gsm8k'" in next(iter(read.parsed.rejects.values()))["value"]


@pytest.mark.parametrize(
    ("value", "mark"),
    [("C", 1), ("P", 0.5), ("I", 0), ("N", 0), (True, 1), (0.25, 0.25), ("0.5", 0.5), (7, None), ("yes", None),
     ({"a": 1}, None), ([1], None), (None, None), (float("nan"), None)],
    ids=str,
)  # fmt: skip
def test_marks(value, mark):
    assert read_mark(value) == mark


def test_ids_of_samples_are_the_same_for_every_model():
    assert make_doc_id(7) == make_doc_id("7") == 7
    assert make_doc_id("a1") == make_doc_id("a1") != make_doc_id("a2")
    assert 0 <= make_doc_id("9" * 40) < 1 << 63 > make_doc_id("²")


@hostile
@pytest.mark.parametrize("ending", [".json", ".eval"])
def test_a_hostile_file_lands_nothing(data, word, ending, tmp_path):
    path = tmp_path / f"log{ending}"
    path.write_bytes(data)
    refuse("inspect", path, "log", word)


@pytest.mark.parametrize(
    "parts",
    [{"results": {"scores": [7, {"metrics": {"accuracy": 0.5}}, {"metrics": []}]}}, {"results": 3}, {"samples": "x"},
     {"samples": [3, {"id": 1, "epoch": "x"}, {"id": 1, "scores": []}]}, {"plan": []}, {"eval": {"dataset": 4}},
     {"eval": {"model": ["a"]}}, {"eval": {"created": 10**30}}],
    ids=str,
)  # fmt: skip
def test_wrong_types_do_no_harm(parts, tmp_path):
    for read in read_logs("inspect", change(tmp_path, **parts)):
        assert len(read.rows) <= 4


class TestArchives:
    def test_torn(self, tmp_path):
        whole = pack(tmp_path / "log.eval").read_bytes()
        (tmp_path / "log.eval").write_bytes(whole[: len(whole) // 2])
        refuse("inspect", tmp_path / "log.eval", "zip")

    def test_torn_inside(self, tmp_path):
        data = bytearray(pack_zstandard(tmp_path / "log.eval", frames=1).read_bytes())
        start = data.find(b"header.json") + len("header.json")
        data[start : start + 40] = b"\xff" * 40
        (tmp_path / "log.eval").write_bytes(data)
        refuse("inspect", tmp_path / "log.eval", "header.json", "torn")

    def test_unfinished(self, tmp_path):
        refuse("inspect", pack(tmp_path / "log.eval", without=("header.json",)), "unfinished")

    @pytest.mark.parametrize("name", ["../../header.json", "/etc/passwd", "a\\b.json", "C:/x.json"])
    def test_names_that_lead_out(self, name, tmp_path):
        refuse("inspect", pack(tmp_path / "log.eval", more={name: {}}), "leads out")
        assert not (tmp_path.parent / "header.json").exists()

    def test_links(self, tmp_path):
        path = pack(tmp_path / "log.eval")
        link = zipfile.ZipInfo("samples/link.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc/passwd")
        refuse("inspect", path, "leads out")

    def test_a_member_twice(self, tmp_path):
        path = pack(tmp_path / "log.eval")
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning):
            archive.writestr("header.json", "{}")
        refuse("inspect", path, "twice")

    def test_a_bomb(self, tmp_path):
        refuse("inspect", pack(tmp_path / "log.eval", more={"header.json": b" " * (200 << 20)}), "MiB")

    def test_a_bomb_in_zstandard(self, tmp_path, monkeypatch):
        monkeypatch.setattr("collectors.importers.inspect_archive.MAX_DOCUMENT_BYTES", 1000)
        refuse("inspect", pack_zstandard(tmp_path / "log.eval"), "more than")

    def test_a_bomb_that_is_never_opened_does_no_harm(self, tmp_path):
        path = pack(tmp_path / "log.eval", more={"samples/big.json": b"0" * (200 << 20)})
        assert read_logs("inspect", path)[0].find("gsm8k").score == 0.5
