"""A section of industry is measured on its exam subjects: imported or our own, item by item, guarded as any domain."""

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from collecting import collect_here, item_of, plan_run
from faulty_server import FaultyServer, chat
from import_kit import get_home, import_place
from section_results import RIGHT, SIZES, write_all, write_results
from typer.testing import CliRunner
from warehouse_kit import TASK, build, land, measured, sample, write_registry

from collectors.errors import UsageError, WarehouseError
from collectors.registry_loader import load_registry
from dashboard.captions_domains import caption_isic
from dashboard.charts.isic import plot_isic
from dashboard.frames import list_scales
from dashboard.frames_domains import count_section_sources, find_suite, read_sections
from dashboard.questions import Choices
from modelgap import app
from warehouse.index_scores import IndexSpec, read_scores
from warehouse.read import measure_gap, measure_series, open_current, read_document, read_isic_scales, read_records
from warehouse.stats.paired import estimate_paired_gap

REGISTRY = load_registry()
N = SIZES["electrical_engineering"] + SIZES["food_science"]
EXAM = TASK | {
    "subtasks": {
        "fractions": {"name": {"en": "Fractions"}, "isic": "C"},
        "decimals": {"name": {"en": "Decimals"}, "isic": "C"},
        "ratios": {"name": {"en": "Ratios"}, "isic": "C", "weak": True},
        "roots": {"name": {"en": "Roots"}, "isic": "B", "weak": True},
    }
}
"""An exam of four subjects: two make section C, a third only touches it; B has none but a weak one."""


def import_results(folder: Path):
    """Return the snapshot built from a folder of results alone."""
    assert {item.state for item in import_place("lm-eval", folder)} == {"landed"}
    return build(get_home(), REGISTRY)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The data directory of eight models' CMMLU, imported and built for real once; nothing may change it."""
    folder = tmp_path_factory.mktemp("sections")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODELGAP_HOME", str(folder / "home"))
        import_results(write_all(folder / "results"))
    return folder / "home"


@pytest.fixture
def snapshot(home):
    return open_current(home)


def spell_stderr(model: str) -> float:
    """Return a model's standard error on section C by hand: two strata, each with its own."""
    parts = [(SIZES[subject], right / SIZES[subject]) for subject, right in zip(SIZES, RIGHT[model][:2], strict=False)]
    return math.sqrt(sum(n**2 * p * (1 - p) / (n - 1) for n, p in parts)) / N


def test_every_item_of_the_sections_subjects_counts_once(snapshot):
    rows = {row["model"]: row for row in snapshot.rows("FROM point WHERE scale_id = 'isic:C:cmmlu'")}
    assert len(rows) == len(RIGHT) and all(row["n_samples"] == N == 315 for row in rows.values())
    qwen = rows["qwen/qwen3-235b-a22b"]
    assert qwen["score"] == pytest.approx((125 + 105) / 315)
    assert qwen["stderr"] == pytest.approx(spell_stderr("Qwen/Qwen3-235B-A22B"))
    assert qwen["stderr"] == pytest.approx(0.02509, abs=5e-6), "sqrt(172**2 * 0.000998 + 143**2 * 0.001375) / 315"


def test_the_gap_has_its_points_interval_records_and_lag_by_hand(snapshot):
    document = measure_gap(snapshot, isic="C").to_document()
    assert (document["scale"], document["guards"], document["unit"]) == ("isic:C:cmmlu", [], "fraction")
    gap, lag = document["gap"], document["lag"]
    assert gap["points"] == pytest.approx((260 - 230) / 315, abs=1e-6)
    stderr = math.hypot(spell_stderr("meta-llama/Llama-4-Maverick"), spell_stderr("Qwen/Qwen3-235B-A22B"))
    assert gap["stderr"] == pytest.approx(stderr, rel=0.08), "records well apart: hardly another is drawn the best"
    assert gap["ci90"] == pytest.approx([30 / 315 - 1.645 * stderr, 30 / 315 + 1.645 * stderr], abs=0.008)
    assert (document["domestic_record"]["model"], document["frontier_record"]["model"]) == (
        "qwen/qwen3-235b-a22b", "meta/llama-4-maverick",
    )  # fmt: skip
    # Only Maverick, of 2025-04-05, is as good as Qwen3, of 2025-04-28; the logs are of 2025-06-01.
    days = [(date(2025, month, day) - date(2025, 4, 5)).days for month, day in ((6, 1), (4, 28))]
    assert [lag["standing_months"], lag["record_months"]] == pytest.approx([n / 30.4375 for n in days], abs=1e-5)
    records = read_records(snapshot, "isic:C:cmmlu").to_pylist()
    assert [row["model"] for row in records if row["bloc"] == "domestic"] == [
        "qwen/qwen2-72b", "qwen/qwen2.5-72b", "deepseek/deepseek-v3", "qwen/qwen3-235b-a22b",
    ]  # fmt: skip
    assert "315 items of cmmlu (electrical_engineering, food_science); an exam is a proxy" in document["notes"][0]


def test_where_domestic_models_lead_in_a_section_the_signs_say_so(snapshot):
    document = measure_gap(snapshot, isic="A").to_document()
    assert document["gap"]["points"] == pytest.approx((125 - 140) / 169, abs=1e-6)
    assert document["lag"]["leads"] == "domestic" and document["lag"]["standing_months"] < 0


def test_the_command_line_answers_and_the_pages_find_it_answered(snapshot, home):
    result = CliRunner().invoke(app, ["gap", "--isic", "c", "--json"], env={"MODELGAP_HOME": str(home)})
    document = json.loads(result.stdout)
    assert document == measure_gap(snapshot, isic="C").to_document() == read_document(snapshot, "isic:C:cmmlu")
    said = CliRunner().invoke(app, ["gap", "--isic", "C"], env={"MODELGAP_HOME": str(home)}).stdout
    assert "+9.5 percentage points" in said and "proxy" in said
    series = measure_series(snapshot, measure_gap(snapshot, isic="C").question).to_pylist()
    assert series[-1]["gap_points"] == pytest.approx(30 / 315)


def test_guards_withhold_a_section_as_they_do_a_domain(snapshot, tmp_path):
    late = measure_gap(snapshot, isic="C", as_of=date(2026, 1, 1)).to_document()
    assert {guard["code"] for guard in late["guards"]} == {"stale"} and late["gap"]["points"] is None
    early = measure_gap(snapshot, isic="C", as_of=date(2024, 8, 1)).to_document()
    assert "few_records" in {guard["code"] for guard in early["guards"]}


def test_a_model_counts_with_all_subjects_their_sizes_and_their_errors(tmp_path):
    write_all(tmp_path)
    write_results(tmp_path, "Qwen/Qwen2.5-7B", {"electrical_engineering": 170, "agronomy": 160})
    every = {"electrical_engineering": 90, "food_science": 80}
    write_results(tmp_path, "Qwen/Qwen3-8B", every, **{"n-samples": {}})
    write_results(tmp_path, "Qwen/Qwen3-4B", every, config={"limit": 10}, **{"n-samples": {}})
    path = write_results(tmp_path, "Qwen/Qwen3-32B", every)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["results"]["cmmlu_food_science"]["acc_stderr,none"] = "N/A"
    path.write_text(json.dumps(document), encoding="utf-8")
    snapshot = import_results(tmp_path)
    a, c = ({row["model"]: row for row in snapshot.rows("FROM point WHERE scale_id = ?", [f"isic:{section}:cmmlu"])}
            for section in "AC")  # fmt: skip
    assert a.keys() - c.keys() == {"qwen/qwen2.5-7b"} and len(c) == len(RIGHT) + 1
    assert c["qwen/qwen3-32b"]["score"] == pytest.approx(170 / 315) and c["qwen/qwen3-32b"]["stderr"] is None
    document = measure_gap(snapshot, isic="C").to_document()
    assert document["gap"]["points"] is not None and document["gap"]["ci90"] is None, "one error is not known"


def test_stock_names_of_other_exams_are_mapped_by_their_benchmark(tmp_path):
    """C-Eval's stock group goes by another name than our task; MMLU's has groups within it."""
    for group, subject in (("ceval-valid", "metrology_engineer"), ("mmlu", "electrical_engineering")):
        path = write_results(tmp_path / group, "Qwen/Qwen3-8B", {"electrical_engineering": 90}, group=group)
        text = path.read_text(encoding="utf-8").replace(f"{group}_electrical_engineering", f"{group}_{subject}")
        document = json.loads(text)
        document["group_subtasks"] = {group: [f"{group}_part"], f"{group}_part": [f"{group}_{subject}"]}
        path.write_text(json.dumps(document), encoding="utf-8")
    rows = import_results(tmp_path).rows("FROM section_score ORDER BY benchmark")
    assert [(row["benchmark"], row["section"], row["subjects"], row["n_samples"]) for row in rows] == [
        ("ceval", "C", ["metrology_engineer"], 172), ("mmlu", "C", ["electrical_engineering"], 172),
    ]  # fmt: skip


def test_the_exam_itself_and_the_index_stay_as_they_were(snapshot):
    whole = measure_gap(snapshot, benchmark="cmmlu")
    assert whole.scale["scale_id"] == "cmmlu" and whole.scale["domain"] == "chinese"
    maverick = next(row for row in snapshot.rows("FROM point WHERE scale_id = 'cmmlu'") if "maverick" in row["model"])
    assert maverick["score"] == pytest.approx(sum(RIGHT["meta-llama/Llama-4-Maverick"]) / sum(SIZES.values()))
    scores = read_scores(snapshot.rows, IndexSpec("index"))
    assert len(scores) == len(RIGHT) and {row["benchmark"] for row in scores} == {"cmmlu"}


def test_a_vintage_counts_the_sections_own_undated_figures(snapshot):
    with pytest.raises(UsageError, match="8 of the 8 figures"):
        measure_gap(snapshot, isic="C", vintage=date(2025, 5, 30))


def test_what_cannot_be_asked_says_why_and_what_to_run(snapshot):
    with pytest.raises(WarehouseError, match=r"ceval:electrical_engineer\. Run `modelgap collect --suite industries`"):
        measure_gap(snapshot, isic="D")
    with pytest.raises(WarehouseError, match="Mining and quarrying: nothing measures it"):
        measure_gap(snapshot, isic="B")
    with pytest.raises(WarehouseError, match="no model has such scores"):
        measure_gap(snapshot, isic="C", origins=("measured",))
    with pytest.raises(UsageError, match="no such section; got 'W'"):
        measure_gap(snapshot, isic="W")
    with pytest.raises(UsageError, match="at a time; got domain, isic"):
        measure_gap(snapshot, isic="C", domain="chinese")


def test_the_figure_shows_gap_lag_subjects_and_items_and_hatches_the_rest(snapshot):
    sections = read_sections(snapshot, Choices()).set_index("section", drop=False)
    made, mined, power = (sections.loc[letter] for letter in "CBD")
    assert made["gap_points"] == pytest.approx(9.52, abs=0.01) and made["gap_ci90_low"] < 5
    assert made["instruments"].startswith("CMMLU") and made["instruments"].endswith("2 subjects, 315 items")
    assert made["evidence"].endswith("Electrical engineering, Food science") and made["n_items"] == 315
    assert (mined["state"], power["state"], power["guard"]) == ("none", "registered", "no model scored yet")
    assert sections.loc["K"]["short"] == "Telecoms, programming and computing" != sections.loc["K"]["name"]
    figure = plot_isic(sections, caption_isic(snapshot, Choices()))
    assert {note.text for note in figure.layout.annotations if note.name == "value"} >= {"9.5", "1.9"}
    assert len([trace for trace in figure.data if trace.name == "interval"]) == 4, "gap and lag of A and C"
    assert "proxy for the work" in figure.layout.annotations[1].text.replace("<br>", " ")
    assert find_suite(snapshot) == "industries"
    assert set(count_section_sources(snapshot, Choices())) == {"lm-eval"}
    assert list(read_sections(snapshot, Choices(evidence="vendor"))["state"].unique()) == ["registered", "none"]


def test_a_section_is_a_scale_that_pages_may_choose(snapshot):
    scales = [scale["scale_id"] for scale in list_scales(snapshot)]
    assert scales[-2:] == ["isic:A:cmmlu", "isic:C:cmmlu"] and "cmmlu" in scales
    assert "isic:C:cmmlu" not in [scale["scale_id"] for scale in list_scales(snapshot, domain="chinese")]


MARKS = {
    "cathay/one": "1000 000100", "columbia/uno": "1010 000100", "cathay/two": "1100 101000",
    "columbia/dos": "1110 101100", "cathay/three": "1110 101010", "columbia/tres": "1111 101110",
}  # fmt: skip
"""Right (1) and wrong answers: four items of fractions, six of decimals."""


def land_exam(home: Path, marks: dict[str, str] = MARKS, *, version: str = "1", subjects=("fractions", "decimals")):
    """Land a run of our own for each model: its subjects' scores with their items."""
    for number, (model, spelled) in enumerate(marks.items()):
        scores, samples = [], []
        for subject, part in zip(subjects, spelled.split(), strict=True):
            values = [float(mark) for mark in part]
            stderr = float(np.std(values, ddof=1)) / math.sqrt(len(values))
            scores.append(
                measured(model, sum(values) / len(values), version=version, subtask=subject, n_samples=len(values),
                         stderr=stderr)
            )  # fmt: skip
            samples += [sample(doc, mark, subtask=subject) for doc, mark in enumerate(values)]
        samples += [sample(99, 1.0, subtask="roots")]
        land(home, f"run-{version}-{number}", scores, samples=samples, kind="measured", model=model)


@pytest.fixture
def exam(tmp_path):
    """A registry whose one task is an exam of mapped subjects."""
    folder = write_registry(tmp_path / "registry")
    (folder / "tasks" / "sums-en.yaml").write_text(yaml.safe_dump(EXAM), encoding="utf-8")
    return load_registry(bundled=folder)


def test_our_own_scores_stand_by_protocol_and_are_paired_on_the_sections_items(exam, tmp_path):
    land_exam(tmp_path / "home")
    land_exam(tmp_path / "home", {"columbia/tres": "1111 111111"}, version="2")
    snapshot = build(tmp_path / "home", exam)
    first, second = read_isic_scales(snapshot).to_pylist()
    assert (first["n_models"], second["n_models"], first["evidence"]) == (6, 1, "measured")
    for origins in ((), ("measured",)):
        with pytest.raises(WarehouseError, match="yet"):
            measure_gap(snapshot, benchmark="sums", origins=origins)
    document = measure_gap(snapshot, isic="C", origins=("measured",)).to_document()
    assert document["scale"] == first["scale_id"] == measure_gap(snapshot, isic="C").scale["scale_id"]
    assert document["guards"] == []
    best, other = ([int(mark) for mark in MARKS[model].replace(" ", "")] for model in ("columbia/tres", "cathay/three"))
    by_hand = estimate_paired_gap(np.array(best), np.array(other))
    gap = document["gap"]
    assert (gap["paired"], gap["n_items"]) == (True, 10), "roots are no part of the section"
    assert gap["points"] == pytest.approx(0.2) == pytest.approx(by_hand.points)
    assert gap["stderr"] == pytest.approx(by_hand.stderr, abs=1e-6) == pytest.approx(math.sqrt(1.6) / 10, abs=1e-6)
    assert gap["ci90"] == pytest.approx([by_hand.ci90.low, by_hand.ci90.high], abs=1e-6)


def test_guessing_is_read_against_the_exams_chance_floor(exam, tmp_path):
    chance = yaml.safe_load((tmp_path / "registry" / "benchmarks.yaml").read_text())
    chance = [row | {"chance_floor": 0.7} if row["id"] == "sums" else row for row in chance]
    (tmp_path / "registry" / "benchmarks.yaml").write_text(yaml.safe_dump(chance))
    land_exam(tmp_path / "home")
    snapshot = build(tmp_path / "home", load_registry(bundled=tmp_path / "registry"))
    guards = measure_gap(snapshot, isic="C").to_document()["guards"]
    assert {(guard["code"], guard["bloc"]) for guard in guards} == {("near_chance", "domestic")}


def test_a_collected_exam_fills_its_sections(tmp_path, monkeypatch):
    """C-Eval's own lm-eval tasks, on local copies of three items a subject, asked of a server over HTTP."""
    folder = tmp_path / "datasets" / "ceval" / "val"
    folder.mkdir(parents=True)
    for subject in REGISTRY.tasks["ceval"].subtasks:
        lines = [f"{i},item {i}: {subject},1,2,3,4,{letter}" for i, letter in enumerate("ABC")]
        text = "\n".join(["id,question,A,B,C,D,answer", *lines])
        (folder / f"{subject}_val.csv").write_text(text, encoding="utf-8")
    monkeypatch.setenv("MODELGAP_DATASETS", str(tmp_path / "datasets"))
    task = REGISTRY.tasks["ceval"].model_dump()
    answers = {0: "A", 1: "B", 2: "D"}
    with FaultyServer([], answer=lambda body: chat(f"答案：{answers[item_of(body)]}")) as server:
        assert collect_here(plan_run(server.base_url, tasks=[task], endpoint={"model": "qwen/qwen3-8b"}))[0] == 0
    snapshot = build(get_home(), REGISTRY)
    found = {row["section"]: row for row in snapshot.rows("FROM section_score")}
    assert "".join(sorted(found)) == "ACDEFKLNOPQRS"
    made, power = found["C"], found["K"]
    assert (made["subjects"], made["n_samples"], made["score"]) == (["metrology_engineer"], 3, pytest.approx(2 / 3))
    assert (len(power["subjects"]), power["n_samples"]) == (4, 12)
    assert power["stderr"] == pytest.approx(math.sqrt(2 / 9 / 2 / 4)), "four subjects, each of variance 2/9 over 2"


def test_a_subject_that_only_touches_a_section_stands_where_there_is_no_other_and_is_marked(exam, tmp_path):
    marks = {model: f"{spelled} 1010 10" for model, spelled in MARKS.items()}
    land_exam(tmp_path / "home", marks, subjects=("fractions", "decimals", "ratios", "roots"))
    snapshot = build(tmp_path / "home", exam)
    found = {row["section"]: (row["subjects"], row["is_weak"], row["n_items"]) for row in
             read_isic_scales(snapshot).to_pylist()}  # fmt: skip
    assert found == {"B": (["roots"], True, 2), "C": (["decimals", "fractions"], False, 10)}
    sections = read_sections(snapshot, Choices()).set_index("section")
    assert sections.loc["B"]["instruments"] == "Sums, 1 subject, 2 items, measured here (weak)"


def test_an_incomplete_run_or_exam_gives_a_section_nothing(exam, tmp_path):
    scores = [measured("cathay/one", 0.5, subtask=name, n_samples=4) for name in ("fractions", "decimals")]
    land(tmp_path / "home", "torn", scores, kind="measured", status="incomplete")
    withheld = [scores[0], measured("cathay/one", None, subtask="decimals", n_samples=4)]
    land(tmp_path / "home", "withheld", withheld, kind="measured")
    twice = [*scores, measured("cathay/one", 0.5, subtask="fractions", n_samples=4, version="2")]
    land(tmp_path / "home", "twice", twice, kind="measured")
    snapshot = build(tmp_path / "home", exam)
    assert snapshot.rows("FROM isic_scale") == []
    with pytest.raises(WarehouseError, match="1 models have scores, none on all subjects"):
        measure_gap(snapshot, isic="C")
    assert read_sections(snapshot, Choices()).set_index("section").loc["C"]["guard"] == "not every subject scored"
