"""Model cards import what they state, as whose word it is; hostile YAML and numbers that may be percentages do not."""

from datetime import date
from pathlib import Path

import pytest
from importing_logs import HOSTILE, PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.card_yaml import read_yaml, split_front_matter
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL
from collectors.importers.hf_model_cards import AMBIGUOUS, RESCALED, _find_card

CARDS = PAYLOADS / "hf-model-card"


def write_card(tmp_path: Path, *values: object, name: str = "Yi-6B", metric: str = "accuracy") -> Path:
    """Return a card that states values on MMLU, HellaSwag, GSM8K … in this order."""
    titles = ("MMLU", "HellaSwag", "GSM8K", "HumanEval")
    results = "".join(
        f"  - dataset: {{name: {title}, type: x}}\n    metrics: [{{type: '{metric}', value: {value}}}]\n"
        for title, value in zip(titles, values, strict=False)
    )
    path = tmp_path / "README.md"
    path.write_text(f"---\nmodel-index:\n- name: {name}\n  results:\n{results}---\n# Card\n", encoding="utf-8")
    return path


def test_a_card_says_whose_word_each_figure_is():
    [read] = read_logs("hf-model-card", CARDS / "01-ai")
    board, own = read.find("arc-challenge"), read.find("gsm8k")
    assert (board.score, board.origin, board.reported_by) == (0.5555, "leaderboard", "Open LLM Leaderboard")
    assert (board.protocol.metric, board.protocol.n_shot) == ("acc_norm", 25)
    assert board.source_url.startswith("https://huggingface.co/spaces/HuggingFaceH4/")
    assert (own.score, own.origin, own.reported_by, own.reporter_relation) == (0.325, "vendor", None, "unclassified")


def test_the_owner_of_the_repository_reports_on_its_own():
    [read] = [read for read in read_logs("hf-model-card", CARDS) if read.parsed.details["repository"] == "01-ai/Yi-6B"]
    own = read.find("humaneval")
    assert (own.model, own.reported_by, own.reporter_relation) == ("01-ai/yi-6b", "01-ai", "own")
    assert (own.score, own.stderr) == (0.152, 0.028)
    assert read.reasons == {UNKNOWN_TASK: 1, RESCALED: 1, OTHER_METRIC: 1}
    assert read.find("ifeval").score == pytest.approx(0.2893), "no chance floor: the rescaled column is the accuracy"


def test_files_of_eval_results():
    [read] = [read for read in read_logs("hf-model-card", CARDS) if "falcon" in read.parsed.details["repository"]]
    gpqa, hle = read.find("gpqa-diamond"), read.find("hle")
    assert (gpqa.model, gpqa.score, gpqa.notes) == ("tiiuae/falcon-7b", pytest.approx(0.412), "no-tools")
    assert (hle.score, hle.published_date.isoformat()) == (pytest.approx(0.209), "2026-01-15")
    assert (hle.source_url, read.reasons) == ("https://huggingface.co/datasets/cais/hle", {UNKNOWN_TASK: 1})


def test_cards_without_results_are_passed_over_in_a_folder_and_told_alone():
    assert len(import_logs("hf-model-card", CARDS)) == 2
    assert [item.state for item in import_logs("hf-model-card", CARDS)] == ["unchanged"] * 2
    assert len(read_landing()) == 2


def test_a_card_without_results_is_told():
    refuse("hf-model-card", CARDS / "plain" / "README.md", "no evaluation results")


@pytest.mark.parametrize(
    ("values", "scores"),
    [
        ((0.65, 0.7), [0.65, 0.7]),
        ((65, 70.5), [0.65, 0.705]),
        (("65%", "0.7%"), [0.65, 0.007]),
        (("'65.1 ± 1.4'",), [0.651]),
        ((1, 0.5), [1.0, 0.5]),
    ],
    ids=str,
)
def test_fractions_and_percentages(values, scores, tmp_path):
    [read] = read_logs("hf-model-card", write_card(tmp_path, *values))
    assert [score.score for score in read.parsed.scores] == pytest.approx(scores)


def test_a_card_with_both_is_ambiguous_where_it_could_be_either(tmp_path):
    [read] = read_logs("hf-model-card", write_card(tmp_path, 65, 0.7, "71%"))
    assert [score.score for score in read.parsed.scores] == [0.65, 0.71]
    assert read.reasons == {AMBIGUOUS: 1}


@pytest.mark.parametrize(
    ("value", "reason"),
    [(".nan", NOT_A_NUMBER), (".inf", NOT_A_NUMBER), ("high", NOT_A_NUMBER), ("true", NOT_A_NUMBER),
     ("[0.5]", NOT_A_NUMBER), ("null", NOT_A_NUMBER), ("-0.5", OUT_OF_RANGE), ("650", OUT_OF_RANGE),
     ("2024-01-01", NOT_A_NUMBER), ("'=1+1'", NOT_A_NUMBER), ("'1e5'", NOT_A_NUMBER),
     # Were it looked at blank by blank, it would take days.
     (f"'1{' ' * 20_000}x'", NOT_A_NUMBER)],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_what_is_no_accuracy_is_refused(value, reason, tmp_path):
    [read] = read_logs("hf-model-card", write_card(tmp_path, value))
    assert (read.parsed.scores, read.reasons) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("name: ARC Easy, type: ai2_arc, config: ARC-Easy", []),
        ("type: allenai/ai2_arc, config: ARC-Easy", []),
        ("type: allenai/ai2_arc", []),
        ("name: x, type: allenai/ai2_arc, config: ARC-Challenge", [("arc-challenge", None)]),
        ("name: GSM8K-Platinum, type: openai/gsm8k, config: main", []),
        ("name: gsm8k, type: openai/gsm8k, config: main", [("gsm8k", None)]),
        ("name: MMLU anatomy, type: cais/mmlu, config: anatomy", []),
        ("name: mmlu, type: cais/mmlu, config: anatomy", [("mmlu", "anatomy")]),
        ("type: cais/mmlu, config: all", [("mmlu", None)]),
    ],
)
def test_a_part_of_a_data_set_or_another_test_is_not_the_benchmark(data, found, tmp_path):
    path = tmp_path / "README.md"
    results = f"  - dataset: {{{data}}}\n    metrics: [{{type: accuracy, value: 0.81}}]\n"
    path.write_text(f"---\nmodel-index:\n- name: Yi-6B\n  results:\n{results}---\n", encoding="utf-8")
    [read] = read_logs("hf-model-card", path)
    assert [(score.benchmark, score.subtask) for score in read.parsed.scores] == found


@pytest.mark.parametrize("name", ["somebody-s-finetune", '"=cmd()"', "../../x", "7"])
def test_an_unknown_model_is_listed(name, tmp_path):
    [read] = read_logs("hf-model-card", write_card(tmp_path, 0.5, name=name))
    assert read.reasons == {UNKNOWN_MODEL: 1}


def test_a_repositorys_address_is_that_of_its_card():
    assert _find_card("https://huggingface.co/01-ai/Yi-6B") == "https://huggingface.co/01-ai/Yi-6B/raw/main/README.md"
    assert _find_card("https://example.org/a/b") == "https://example.org/a/b"
    assert _find_card("https://huggingface.co/a/b/raw/x/README.md") == "https://huggingface.co/a/b/raw/x/README.md"


@hostile
@pytest.mark.parametrize("ending", [".md", ".yaml"])
def test_a_hostile_file_lands_nothing(data, word, ending, tmp_path):
    path = tmp_path / f"card{ending}"
    path.write_bytes(data)
    if data == HOSTILE["a list"][0] and ending == ".yaml":
        word = "no figure"
    refuse("hf-model-card", path, word if word in ("UTF-8", "UTF-16", "no figure") else "card")


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (BOMB, "aliases"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("<<: *x\n", "aliases"),
        ("a: 1\na: 2\n", "twice"),
        ("a: {b: 1, b: 2}\n", "twice"),
        ("? [1, 2]\n: x\n", "no plain word"),
        ("!!python/object/apply:os.system ['true']\n", "YAML"),
        ("a: !!python/name:os.system\n", "YAML"),
        ("a: !custom x\n", "YAML"),
        ("[" * 10_000, "deeper"),
        ("a:\n" + "".join(" " * i + "- \n" for i in range(200)), "deeper"),
        ("a: [1, 2\n", "YAML"),
        ("a: 2024-99-99\n", "YAML"),
        ("a: \x00\n", "YAML"),
        ("--- 1\n--- 2\n", "YAML"),
        ("x" * (9 << 20), "MiB"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_hostile_yaml_is_refused(text, word):
    with pytest.raises(PayloadError, match=word):
        read_yaml(text, "card")


def test_what_is_wrong_with_yaml_is_told_in_one_line():
    with pytest.raises(PayloadError) as found:
        read_yaml("a: \x00\n", "card")
    assert "\n" not in str(found.value)


def test_a_day_beyond_all_days_is_no_day(tmp_path):
    path = tmp_path / "tiiuae" / "falcon-7b" / ".eval_results" / "r.yaml"
    path.parent.mkdir(parents=True)
    figure = "- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}\n  value: 41.2\n"
    text = figure + "  date: '9999-12-31T23:59:59-14:00'\n"
    path.write_text(text, encoding="utf-8")
    read = read_logs("hf-model-card", tmp_path)[0]
    assert read.find("gpqa-diamond").published_date < date(9999, 12, 31)


def test_plain_yaml_is_read():
    assert read_yaml("a: 1\nb: [x, {c: 2.5}]\n", "card") == {"a": 1, "b": ["x", {"c": 2.5}]}
    assert split_front_matter("---\na: 1\n---\ntext") == "a: 1"
    assert split_front_matter("# text\n---\na: 1\n---\n") is None
    assert split_front_matter("---\na: 1\n") is None


@pytest.mark.parametrize(
    "text",
    ["model-index: [1, {results: x}, {results: [2, {dataset: 3, metrics: [4, {value: 1}]}]}]",
     "model-index: [{name: [x], results: [{dataset: {name: [MMLU]}, metrics: [{type: [acc], value: {a: 1}}]}]}]",
     "model-index: [{name: Yi-6B, results: [{dataset: {name: MMLU, args: 3}, source: 4, metrics: [{type: rouge}]}]}]"],
)  # fmt: skip
def test_wrong_types_land_no_score(text, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"---\n{text}\n---\n", encoding="utf-8")
    assert read_logs("hf-model-card", path)[0].parsed.scores == []
