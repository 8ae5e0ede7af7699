"""The bundled registry: every YAML is right, complete against the compiled facts, and free of keys."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from collectors.registry_loader import BUNDLED, load_registry
from collectors.task_files import OWN_TASKS, find_files, get_builtin_tasks

FOLDERS = {"endpoints": "id", "models": "developer", "tasks": "id", "suites": "id", "sources": "id"}
FILES = sorted(path for folder in FOLDERS for path in (BUNDLED / folder).glob("*.yaml"))
LISTS = ("domains", "benchmarks", "isic", "blocs", "claims", "cohorts", "landscape")
KEY_LIKE = re.compile(r"\b(sk|tp|xai|gsk|hf)-\w{12,}|Bearer \S|AKIA[0-9A-Z]{12}")
LOCAL = ("http://localhost:8000/v1", "http://localhost:11434/v1", "http://localhost:8080/v1")
SAME_WEIGHTS = {"qwen-1-8b-2023-11": "qwen/qwen-1.8b", "vicuna-13b-v1-1": "lmsys/vicuna-13b"}
"""Facts that list one set of weights a second time, under another spelling."""


@pytest.fixture(scope="module")
def registry():
    return load_registry()


@pytest.fixture(scope="module")
def facts(shared):
    def _read(name: str) -> list[dict]:
        with (shared / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return _read


@pytest.fixture(scope="module")
def ids_of_facts(registry) -> dict[str, str]:
    return {alias: model.id for model in registry.models.values() for alias in (model.id, *model.aliases)}


def test_there_are_files_to_check():
    assert len(FILES) > 150
    assert {path.parent.name for path in FILES} == set(FOLDERS)
    assert all((BUNDLED / f"{name}.yaml").is_file() for name in LISTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_is_named_as_its_id_and_holds_no_key(path: Path, registry):
    text = path.read_text(encoding="utf-8")
    entry_id = yaml.safe_load(text)[FOLDERS[path.parent.name]]
    known = registry.developers if path.parent.name == "models" else getattr(registry, path.parent.name)
    assert entry_id == path.stem
    assert entry_id in known
    assert not KEY_LIKE.search(text)
    assert path.parent.name != "endpoints" or not re.search(r"\b[0-9a-fA-F]{32,}\b", text)


def test_domestic_is_one_line(registry):
    lines = (BUNDLED / "blocs.yaml").read_text(encoding="utf-8").splitlines()
    assert [line.strip() for line in lines if "CN" in line] == ["countries: [CN, HK]"]
    assert registry.bloc_of("deepseek/deepseek-v3.2") == registry.bloc_of("sensetime/sensechat-5.5") == "domestic"
    assert registry.bloc_of("openai/gpt-4o") == "frontier"
    assert registry.bloc_of("mistralai/mistral-7b") == "other"
    assert registry.bloc_of("baseline/chance") == "baseline"


def test_another_country_can_be_domestic(tmp_path):
    (tmp_path / "blocs.yaml").write_text("domestic: {name: {en: Domestic}, countries: [FR]}", encoding="utf-8")
    registry = load_registry([tmp_path])
    assert registry.bloc_of("mistralai/mistral-7b") == "domestic"
    assert registry.bloc_of("deepseek/deepseek-v3.2") == "other"


def test_endpoints_cover_both_blocs_small_models_and_the_baselines(registry):
    served = [endpoint for endpoint in registry.endpoints.values() if endpoint.retired_on is None]
    remote = Counter(registry.bloc_of(endpoint.model) for endpoint in served if endpoint.api_key_env)
    assert remote["domestic"] >= 8
    assert remote["frontier"] >= 8
    assert remote["other"] >= 1
    assert {endpoint.base_url for endpoint in served if not endpoint.api_key_env} == {*LOCAL, None}
    assert {endpoint.embedded for endpoint in served if endpoint.is_simulated} == {"chance", "calculator"}
    small = {endpoint.model for endpoint in served if endpoint.base_url in LOCAL}
    assert {"openbmb/minicpm-2b", "mistralai/mistral-7b", "qwen/qwen2.5-7b", "zai/glm-4-9b"} <= small


def test_an_endpoint_says_where_it_is_documented_and_dates_its_price(registry):
    for endpoint in registry.endpoints.values():
        assert endpoint.is_simulated or (endpoint.source and endpoint.notes), endpoint.id
        assert not endpoint.price or (endpoint.price.as_of and endpoint.price.source), endpoint.id
        assert (endpoint.base_url or "").startswith(("https://", "http://localhost:")) or endpoint.is_simulated


def test_nothing_is_due_by_itself_but_the_embedded_baselines(registry):
    due = {
        endpoint.id
        for suite in registry.suites.values()
        if suite.schedule
        for endpoint in registry.suite_endpoints(suite.id)
        if endpoint.api_key_env is None
    }
    assert due == {"baseline-chance", "baseline-calculator"}


def test_lists_are_whole(registry):
    assert "".join(sorted(registry.isic)) == "ABCDEFGHIJKLMNOPQRSTUV"
    assert all(section.name.zh for section in registry.isic.values())
    assert all(domain.name.zh for domain in registry.domains.values())
    assert set(registry.domains) == {benchmark.domain for benchmark in registry.benchmarks.values()}
    elo = {benchmark.id for benchmark in registry.benchmarks.values() if benchmark.unit == "elo"}
    assert elo == {"aa-video-arena"} | {name for name in registry.benchmarks if name.startswith("lmarena-")}


def test_names_and_aliases_are_unique_whatever_their_case(registry):
    owners: dict[str, set[str]] = {}
    for model in registry.models.values():
        for alias in (model.id, *model.aliases):
            owners.setdefault(alias.casefold(), set()).add(model.id)
    assert {alias: ids for alias, ids in owners.items() if len(ids) > 1} == {}
    names = Counter(model.name.en for model in registry.models.values())
    assert [name for name, count in names.items() if count > 1] == []


def test_every_price_is_dated_and_says_whose_it_is(registry):
    prices = [price for model in registry.models.values() for price in model.prices]
    assert len(prices) == 148
    assert all(price.source and price.note and price.as_of == price.from_ for price in prices)
    assert Counter(str(price.from_) for price in prices)["2026-08-22"] == 76


def _read_config(path: Path) -> dict:
    """Return an lm-eval YAML with what it includes, its functions as None."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda _loader, node: node.value)
    config = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    base = _read_config(path.parent / config["include"]) if "include" in config else {}
    return base | config


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "tasks"], ids=lambda path: path.stem)
def test_lm_eval_knows_the_task_its_metric_and_its_filter(path: Path, registry):
    task = registry.tasks[path.stem]
    name = task.lm_eval.task
    found = find_files([name], (OWN_TASKS, get_builtin_tasks()))
    assert name in found
    config = _read_config(found[name])
    members = config.get("task") if isinstance(config.get("task"), list) else None
    leaf = members[0] if members else name
    config = _read_config(find_files([leaf], (OWN_TASKS, get_builtin_tasks()))[leaf])
    metrics = {metric["metric"].rpartition(".")[2].replace("pass_at_k", "pass@1") for metric in config["metric_list"]}
    assert task.lm_eval.metric in metrics
    assert task.lm_eval.filter in {rule["name"] for rule in config.get("filter_list", [{"name": "none"}])}
    assert config["output_type"] == task.output_type
    assert bool(config.get("unsafe_code")) == task.unsafe_code
    if members:
        assert {member.removeprefix(name).lstrip("_") for member in members} == set(task.subtasks)


def test_every_model_of_the_facts_is_registered(facts, registry, ids_of_facts):
    for row in facts("models"):
        model = registry.models[SAME_WEIGHTS.get(row["model_id"]) or ids_of_facts[row["model_id"]]]
        assert ids_of_facts[row["model_id"]] == model.id
        assert (str(model.release_date), model.date_precision) == (row["release_date"], row["date_precision"])
        assert registry.bloc_of(model.id) == row["bloc"]
        if row["model_id"] not in SAME_WEIGHTS:
            assert {True: "true", False: "false", None: ""}[model.open_weights] == row["open_weights"]
            assert [model.params_b, model.active_params_b] == [
                float(row[name]) if row[name] else None for name in ("params_b", "active_params_b")
            ]
            paid = [float(row[name]) for name in ("price_in_usd_per_m", "price_out_usd_per_m") if row[name]]
            assert [figure for price in model.prices for figure in (price.input, price.output)] == paid


def test_every_benchmark_of_the_facts_is_registered(facts, registry):
    rows = facts("benchmarks")
    assert len(rows) == 91
    for row in rows:
        benchmark = registry.benchmarks[row["benchmark_id"]]
        assert benchmark.domain == row["domain"]
        assert str(benchmark.released_date or "") == row["released_date"]
        # Floors of 0 for tests that are printed corrected for chance are those of the corrected scale.
        if row["chance_floor"] not in ("", "0"):
            assert benchmark.chance_floor == float(row["chance_floor"])


def test_every_claim_of_the_facts_is_registered(facts, registry, ids_of_facts):
    rows = facts("claims")
    assert len(rows) == 58
    for row in rows:
        claim = registry.claims[row["claim_id"]]
        whole_unit = "; as of ".join(part for part in (claim.unit, claim.as_of) if part)
        assert whole_unit == row["unit"]
        assert [claim.value_low, claim.value_high] == [
            float(row[name]) if row[name] else None for name in ("value_low", "value_high")
        ]
        assert list(claim.subjects) == [ids_of_facts[name] for name in row["subjects"].split(";") if name]
        kept = (claim.statement.en, claim.claimant.en, str(claim.claim_date), claim.metric, claim.domain, claim.source)
        assert kept == tuple(
            row[name] for name in ("statement", "claimant", "claim_date", "metric", "domain", "source_url")
        )
        assert (claim.source_kind, str(claim.date_note or "")) == (row["source_kind"], row["date_note"])


def test_every_count_of_the_facts_is_registered(facts, registry):
    ours = sorted((str(c.count_date), c.count, str(c.what), c.source, str(c.notes or "")) for c in registry.landscape)
    names = ("date", "count", "what", "source_url", "notes")
    theirs = sorted(tuple(int(row[n]) if n == "count" else row[n] for n in names) for row in facts("landscape"))
    assert ours == theirs
    assert len({count.id for count in registry.landscape}) == 19


def test_every_text_that_pages_show_is_there_in_chinese(registry):
    claims, counts = registry.claims.values(), registry.landscape
    texts = [text for claim in claims for text in (claim.statement, claim.claimant, claim.date_note)]
    texts += [text for claim in claims for check in claim.check for text in (check.reading, check.reason)]
    texts += [text for count in counts for text in (count.what, count.notes)]
    texts += [benchmark.notes for benchmark in registry.benchmarks.values()]
    licences = [source.licence for source in registry.sources.values()]
    texts += [text for text in licences if re.search("[a-z] [a-z]", text.en)]  # one in words, not by its name
    brands = {"Epoch AI", "SuperCLUE"}  # written alike everywhere
    shown = [text for text in texts if text and text.en not in brands]
    assert [text.en for text in shown if not re.search("[\u3400-\u9fff]", text.zh or "")] == []
    assert [text.zh for text in shown if re.search("[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]", text.zh)] == []


def test_no_two_models_are_called_alike_in_either_language(registry):
    names = [model.name for model in registry.models.values()]
    assert len({name.en for name in names}) == len({name.zh or name.en for name in names}) == len(names)
    assert [name.en for name in names if "(" in (name.zh or name.en)] == []
