"""`modelgap models`: list and show, by id or by any alias."""

import json

import pytest
from typer.testing import CliRunner

import modelgap
from collectors.errors import UsageError
from collectors.registry_loader import load_registry


@pytest.fixture
def run():
    def _run(*arguments: str) -> str:
        result = CliRunner().invoke(modelgap.app, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return _run


def test_list_gives_every_model_oldest_first(run):
    rows = json.loads(run("models", "list", "--json"))
    assert {row["model"] for row in rows} == set(load_registry().models)
    dated = [row["release_date"] for row in rows if row["release_date"]]
    assert dated == sorted(dated)
    assert all(row["release_date"] is None for row in rows[len(dated) :])


def test_a_row_says_whose_model_it_is_and_what_it_costs(run):
    rows = {row["model"]: row for row in json.loads(run("models", "list", "--json"))}
    assert rows["deepseek/deepseek-v3"] == {
        "model": "deepseek/deepseek-v3",
        "name": "DeepSeek-V3",
        "name_zh": "深度求索 V3",
        "developer": "deepseek",
        "developer_name": "DeepSeek",
        "country": "CN",
        "bloc": "domestic",
        "release_date": "2024-12-26",
        "date_precision": "day",
        "open_weights": True,
        "params_b": 671.0,
        "active_params_b": 37.0,
        "modality": "text",
        "price_input": 0.27,
        "price_output": 1.1,
    }
    assert rows["sensetime/sensechat-5.5"]["bloc"] == "domestic"
    assert rows["baseline/chance"]["bloc"] == "baseline"


def test_list_can_keep_one_bloc_or_developer(run):
    openbmb = json.loads(run("models", "list", "--developer", "openbmb", "--json"))
    assert {row["developer"] for row in openbmb} == {"openbmb"}
    assert "openbmb/minicpm-2b" in {row["model"] for row in openbmb}
    assert {row["bloc"] for row in json.loads(run("models", "list", "--bloc", "other", "--json"))} == {"other"}
    with pytest.raises(UsageError, match="got 'openbnb'; closest: 'openbmb'"):
        run("models", "list", "--developer", "openbnb")


def test_the_table_says_how_sure_a_date_is(run):
    table = run("models", "list", "--developer", "bytedance")
    assert "≤ 2026-03-19  bytedance/seed-2.0-pro" in table
    assert "2025-06       bytedance/seedance-1.0-pro" in table
    assert "2025-08-20    bytedance/seed-oss-36b" in table


@pytest.mark.parametrize("name", ["openai/gpt-4o-2024-11", "gpt-4o-2024-11-20"])
def test_show_takes_an_id_or_an_alias(name, run):
    document = json.loads(run("models", "show", name, "--json"))
    assert document["model"] == "openai/gpt-4o-2024-11"
    assert document["release_date"] == "2024-11-20"


def test_show_gives_prices_aliases_and_endpoints(run):
    document = json.loads(run("models", "show", "deepseek-v4-pro", "--json"))
    assert document["endpoints"] == ["deepseek-v4-pro"]
    assert document["prices"][0]["from"] == "2026-08-22"
    assert "not confirmed as the launch price" in document["prices"][0]["note"]
    assert "released" not in run("models", "show", "minicpm-2b")


def test_show_names_the_closest(run):
    with pytest.raises(UsageError, match=r"no model has this id or alias; got 'gpt-55'; closest: 'gpt-5.5'"):
        run("models", "show", "gpt-55")
