"""Registry tasks become lm-eval tasks that read their items, keep to the registry and mark right and wrong apart."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from collectors import hub
from collectors.errors import CollectError, UsageError
from collectors.local_data import read_splits
from collectors.registry_loader import load_registry
from collectors.task_entries import Task
from collectors.task_files import OWN_TASKS, find_files, get_builtin_tasks
from collectors.tasks import Leaf, get_edition, load_task_dict

EDITION = "2025-12"
TASKS = load_registry().tasks
GENERATED = sorted(name for name, task in TASKS.items() if task.generated)
CHOICE = "序号,{q},A,B,C,D,{a}\n0,一加一是几？,1,2,3,4,B\n1,二加二是几？,1,2,3,4,D\n"
GSM8K = {"question": "Ann has 3 eggs and buys 4. How many?", "answer": "3 + 4 = <<3+4=7>>7\n#### 7"}
CLOZE = {"passage": None, "question": "$1/2+1/2=(\\quad)$, $1/3=(\\quad)$", "answer": "1;$\\frac{1}{3}$"}


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> Path:
    """Local copies in the publishers' layouts, two hand-written items each."""
    root = tmp_path_factory.mktemp("datasets")
    for name, splits, q, a in (
        ("cmmlu", ("test", "dev"), "Question", "Answer"),
        ("ceval", ("val", "dev"), "question", "answer"),
    ):
        for split in splits:
            (root / name / split).mkdir(parents=True)
            for subject in TASKS[name].subtasks:
                file = f"{subject}.csv" if name == "cmmlu" else f"{subject}_{split}.csv"
                (root / name / split / file).write_text(CHOICE.format(q=q, a=a), encoding="utf-8-sig")
    for file, row in (("gsm8k/test", GSM8K), ("gsm8k/train_first8", GSM8K), ("agieval/gaokao-mathcloze", CLOZE)):
        (root / file).parent.mkdir(exist_ok=True)
        (root / f"{file}.jsonl").write_text(f"{json.dumps(row)}\n\n", encoding="utf-8")
    return root


def change(task: Task, **values) -> Task:
    return task.model_copy(update=values)


def evaluate(loaded, answer, limit: int | None = 20) -> dict:
    """Return lm-eval's results where `answer` gives the reply to each document."""
    import lm_eval
    from lm_eval.api.model import LM

    class Oracle(LM):
        def generate_until(self, requests):
            return [answer(request.doc) for request in requests]

        def loglikelihood(self, requests):
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    return lm_eval.simple_evaluate(
        model=Oracle(), tasks=loaded.objects, task_manager=loaded.manager, limit=limit, bootstrap_iters=0
    )


def score(results: dict, task: Task) -> dict[str, float]:
    """Return the task's own metric of the task and of every leaf."""
    key = f"{task.lm_eval.metric},{task.lm_eval.filter}"
    return {name: values[key] for name, values in results["results"].items() if key in values}


def reply_rightly(doc: dict) -> str:
    if doc.get("kind") == "constraints":
        return doc["answer"]
    answer = doc.get("answer") or doc.get("Answer")
    return f"First 12, then A 3.\n答案：{answer.rsplit('#### ')[-1]}"


def reply_wrongly(doc: dict) -> str:
    if doc.get("kind") == "letter" or "Answer" in doc or "A" in doc:
        letter = doc.get("answer") or doc["Answer"]
        return f"答案：{'A' if letter != 'A' else 'B'}"
    return {"date": "答案：1066-10-14", "weekday": f"答案：{doc['answer'][:1]}", "numeral": "答案：零点"}.get(
        doc.get("kind"), "答案：-987654"
    )


@pytest.mark.parametrize("name", GENERATED)
def test_generated_tasks_mark_an_oracle_right_and_others_wrong(name):
    task = TASKS[name]
    loaded = load_task_dict([task], datasets=None, edition=EDITION)
    for answer, mark in ((reply_rightly, 1.0), (reply_wrongly, 0.0), (lambda _: "", 0.0)):
        scores = score(evaluate(loaded, answer), task)
        assert set(scores.values()) == {mark}
        assert set(loaded.leaves) | {task.lm_eval.task} == set(scores)


@pytest.mark.parametrize("name", GENERATED)
def test_generated_tasks_hold_100_items_of_the_edition_for_each_language(name):
    loaded = load_task_dict([TASKS[name]], datasets=None, edition=EDITION)
    other = load_task_dict([TASKS[name]], datasets=None, edition="2026-01")
    for leaf, next_month in zip(leaf_tasks(loaded), leaf_tasks(other), strict=True):
        assert len(leaf.eval_docs) == 100
        assert leaf.get_config("dataset_kwargs")["edition"] == EDITION
        assert leaf.eval_docs["question"][:9] != next_month.eval_docs["question"][:9]
        assert leaf.VERSION == 1.0


def leaf_tasks(loaded) -> list:
    return [leaf for item in loaded.objects for leaf in getattr(item, "get_all_tasks", lambda item=item: [item])()]


@pytest.mark.parametrize("name", ["cmmlu", "ceval", "gsm8k", "gaokao-mathcloze"])
def test_local_copies_mark_right_and_wrong(name, copies):
    task = TASKS[name]
    loaded = load_task_dict([task], datasets=copies, edition=EDITION)
    assert {leaf.task for leaf in loaded.leaves.values()} == {name}
    assert {leaf.subtask for leaf in loaded.leaves.values()} == (set(task.subtasks) or {None})
    assert set(score(evaluate(loaded, reply_rightly), task).values()) == {1.0}
    assert set(score(evaluate(loaded, reply_wrongly), task).values()) == {0.0}
    assert set(score(evaluate(loaded, lambda _: ""), task).values()) == {0.0}
    assert str(copies) not in json.dumps([leaf.dump_config() for leaf in leaf_tasks(loaded)], default=str)


def test_mmlu_reads_a_local_copy_of_the_hubs_rows(tmp_path):
    task = TASKS["mmlu"]
    for subject in task.subtasks:
        path = tmp_path / "mmlu" / "test" / f"{subject}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"question": "One and one?", "choices": ["0", "1", "2", "3"], "answer": 2}))
    loaded = load_task_dict([task], datasets=tmp_path, edition=EDITION)
    assert {leaf.subtask for leaf in loaded.leaves.values()} == set(task.subtasks)
    for reply, mark in (("It is two.\nAnswer: C", 1.0), ("Answer: A", 0.0)):
        scores = score(evaluate(loaded, lambda _, reply=reply: reply), task)
        assert set(scores.values()) == {mark} and set(scores) == {*loaded.leaves, "mmlu_gen"}


@pytest.mark.parametrize(("name", "items"), [("cmmlu", 11_582), ("gsm8k", 1_319), ("gaokao-mathcloze", 118)])
def test_the_publishers_files_load_and_mark(name, items, shared):
    task = TASKS[name]
    loaded = load_task_dict([task], datasets=shared / "data/benchmarks", edition=EDITION)
    assert sum(len(leaf.eval_docs) for leaf in leaf_tasks(loaded)) == items
    assert set(score(evaluate(loaded, reply_rightly, 5), task).values()) == {1.0}
    assert set(score(evaluate(loaded, reply_wrongly, 5), task).values()) == {0.0}


def test_prompts_hold_the_question_and_how_to_answer(copies):
    loaded = load_task_dict([TASKS["cmmlu"], TASKS["gaokao-mathcloze"]], datasets=copies, edition=EDITION)
    choice, *_, cloze = leaf_tasks(loaded)
    prompt = choice.doc_to_text(choice.eval_docs[0])
    assert prompt.endswith("一加一是几？\nA. 1\nB. 2\nC. 3\nD. 4")
    assert "答案：X" in prompt
    assert cloze.doc_to_text(cloze.eval_docs[0]).startswith("问题：$1/2+1/2=(\\quad)$, $1/3=(\\quad)$\n\n请先推导")


def test_the_registry_decides_token_limit_and_shots(copies):
    task = TASKS["cmmlu"]
    task = change(task, max_tokens=777, lm_eval=task.lm_eval.model_copy(update={"fewshot": 2}))
    leaf = leaf_tasks(load_task_dict([task], datasets=copies, edition=EDITION))[0]
    assert leaf.get_config("generation_kwargs")["max_gen_toks"] == 777
    assert leaf.get_config("generation_kwargs")["until"] == []
    context = leaf.fewshot_context(leaf.eval_docs[1], num_fewshot=2)
    assert context.index("一加一") < context.index("答案：B") < context.index("二加二") < context.index("答案：D")
    assert type(leaf.sampler).__name__ == "FirstNSampler"


def test_examples_are_the_first_ones_where_lm_eval_would_draw_them(tmp_path):
    (tmp_path / "gsm8k").mkdir()
    (tmp_path / "gsm8k/test.jsonl").write_text(json.dumps(GSM8K))
    examples = [json.dumps({"question": f"Example {k}?", "answer": f"#### {k}"}) for k in range(9)]
    (tmp_path / "gsm8k/train.jsonl").write_text("\n".join(examples))
    task = change(TASKS["gsm8k"], lm_eval=TASKS["gsm8k"].lm_eval.model_copy(update={"fewshot": 3}))
    leaf = leaf_tasks(load_task_dict([task], datasets=tmp_path, edition=EDITION))[0]
    leaf.set_fewshot_seed(7)
    asked = leaf.fewshot_context(leaf.eval_docs[0], num_fewshot=3)
    assert [line[3:12] for line in asked.splitlines() if "Example" in line] == ["Example 0", "Example 1", "Example 2"]


def test_only_the_directories_asked_for_are_indexed(copies):
    loaded = load_task_dict([TASKS["gsm8k"]], datasets=copies, edition=EDITION)
    assert "gsm8k_cot_zeroshot" in loaded.manager.all_tasks
    assert len(loaded.manager.all_tasks) < 50
    assert loaded.leaves == {"gsm8k_cot_zeroshot": Leaf("gsm8k")}


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_registered_task_is_found_in_lm_eval_or_here(name):
    wanted = TASKS[name].lm_eval.task
    assert wanted in find_files({wanted}, (OWN_TASKS, get_builtin_tasks()))


def test_names_are_found_whole_and_ours_first(tmp_path):
    (tmp_path / "a.yaml").write_text('"task": "gsm8k_cot_zeroshot"  # quoted\n')
    (tmp_path / "b.yaml").write_text("group: both\ntask: [gsm8k_cot]\n")
    found = find_files({"gsm8k_cot_zeroshot", "gsm8k_cot", "both"}, (tmp_path, get_builtin_tasks()))
    assert found["gsm8k_cot_zeroshot"] == tmp_path / "a.yaml"
    assert found["both"] == tmp_path / "b.yaml"
    assert found["gsm8k_cot"].is_relative_to(get_builtin_tasks())


def test_every_yaml_of_ours_belongs_to_a_registered_task():
    names = {task.lm_eval.task for task in TASKS.values()}
    for path in OWN_TASKS.rglob("*.yaml"):
        config = path.read_text().replace("!function", "")
        config = yaml.safe_load(config)
        if path.name.startswith("_"):
            assert "task" not in config
            continue
        assert path.stem == config.get("group", config["task"])
        assert any(path.stem == name or path.stem.startswith(f"{name}_") for name in names)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("gsm8k", {"filter": "first-number"}, "lm_eval.filter .* got 'first-number'. Use 'strict-match' or"),
        ("gsm8k", {"metric": "acc"}, "lm_eval.metric .* got 'acc'. Use 'exact_match'"),
        ("gsm8k", {"task": "gsm8k_zero"}, "no such task or group; got 'gsm8k_zero'"),
    ],
)
def test_a_registry_entry_that_lm_eval_contradicts_is_refused(name, values, message, copies):
    task = change(TASKS[name], lm_eval=TASKS[name].lm_eval.model_copy(update=values))
    with pytest.raises(UsageError, match=message):
        load_task_dict([task], datasets=copies, edition=EDITION)


def test_an_output_type_that_lm_eval_contradicts_is_refused(copies):
    with pytest.raises(UsageError, match="output_type"):
        load_task_dict([change(TASKS["gsm8k"], output_type="multiple_choice")], datasets=copies, edition=EDITION)


def test_one_lm_eval_task_cannot_serve_two_tasks(copies):
    with pytest.raises(UsageError, match="twice"):
        load_task_dict([TASKS["gsm8k"], change(TASKS["gsm8k"], id="again")], datasets=copies, edition=EDITION)


@pytest.mark.parametrize("name", ["gsm8k", "cmmlu"])
def test_a_missing_local_copy_is_named(name, tmp_path):
    with pytest.raises(CollectError) as caught:
        load_task_dict([TASKS[name]], datasets=tmp_path, edition=EDITION)
    expected = {"gsm8k": "gsm8k/test.jsonl", "cmmlu": "cmmlu/test/agronomy.csv"}[name]
    assert str(tmp_path / expected) in str(caught.value)
    assert "MODELGAP_DATASETS" in str(caught.value)


def test_shots_without_their_file_are_refused(copies, tmp_path):
    (tmp_path / "gsm8k").mkdir()
    (tmp_path / "gsm8k/test.jsonl").write_text(json.dumps(GSM8K))
    assert load_task_dict([TASKS["gsm8k"]], datasets=tmp_path, edition=EDITION).leaves
    task = change(TASKS["gsm8k"], lm_eval=TASKS["gsm8k"].lm_eval.model_copy(update={"fewshot": 2}))
    with pytest.raises(CollectError, match="train"):
        load_task_dict([task], datasets=tmp_path, edition=EDITION)


@pytest.mark.parametrize(("text", "message"), [("{broken\n", "x.jsonl:1: a line is not JSON"), ("\n", "no items")])
def test_a_broken_local_copy_is_told(text, message, tmp_path):
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(CollectError, match=message):
        read_splits({"test": str(tmp_path / "x.jsonl")})


def test_a_hub_that_does_not_answer_is_told_with_the_remedy(monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_DATASETS_CACHE", "/nonexistent")
    hub._answers.cache_clear()
    with pytest.raises(CollectError) as caught:
        load_task_dict([TASKS["gsm8k"]], datasets=None, edition=EDITION)
    hub._answers.cache_clear()
    for part in ("registry/tasks/gsm8k.yaml", "openai/gsm8k", "does not answer", "$MODELGAP_DATASETS/gsm8k/test.jsonl"):
        assert part in str(caught.value)
    assert not huggingface_hub.constants.HF_HUB_OFFLINE


def test_groups_from_the_hub_keep_their_members(monkeypatch):
    """The hub is out of reach of tests, so its answer is made here; the group, its members and filters are real."""
    import datasets

    rows = datasets.Dataset.from_list([{"input": "not True is", "target": "False"}])
    monkeypatch.setattr(datasets, "load_dataset", lambda **_: {"test": rows})
    monkeypatch.setattr(hub, "_answers", lambda _: True)
    loaded = load_task_dict([TASKS["bbh"]], datasets=None, edition=EDITION)
    assert {leaf.subtask for leaf in loaded.leaves.values()} == set(TASKS["bbh"].subtasks)
    assert {leaf.task for leaf in loaded.leaves.values()} == {"bbh"}
    limits = {leaf.get_config("generation_kwargs")["max_gen_toks"] for leaf in leaf_tasks(loaded)}
    assert limits == {TASKS["bbh"].max_tokens}


def test_a_task_that_needs_another_package_says_which(monkeypatch):
    monkeypatch.setattr(hub, "_answers", lambda _: True)
    with pytest.raises(CollectError, match=r"got 'nothere'. Install it"), hub.hub_access(TASKS["ifeval"]):
        raise ModuleNotFoundError("No module named 'nothere'", name="nothere")


def test_the_edition_is_the_month():
    assert get_edition(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03"
