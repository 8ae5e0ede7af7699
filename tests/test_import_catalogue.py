"""Every importer is listed, named, documented and of the one shape; none is forgotten."""

import ast
import inspect
from pathlib import Path

import pytest
from import_kit import REGISTRY

from collectors.errors import UsageError
from collectors.importers import catalogue
from collectors.importers.catalogue import CATALOGUE, find_importer

FOLDER = Path(catalogue.__file__).parent
DOCS = FOLDER.parents[1] / "docs" / "importing.md"


def has_parse(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "parse" for node in ast.parse(path.read_text()).body)


def test_every_module_that_parses_is_listed_and_every_listed_module_is_there():
    assert {path.stem for path in FOLDER.glob("*.py") if has_parse(path)} == {e.module for e in CATALOGUE.values()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_importer_collects_and_parses_and_files_under_a_registered_source(name):
    entry = find_importer(name)
    module = entry.load()
    assert list(inspect.signature(module.collect).parameters) == ["place", "fetcher"]
    assert list(inspect.signature(module.parse).parameters) == ["payload", "context"]
    assert entry.source in REGISTRY.sources
    assert entry.takes
    assert all(address.startswith("https://") for address in entry.addresses)


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_importer_is_documented(name):
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.addresses])
def test_a_source_that_is_fetched_by_itself_has_a_cadence(name):
    assert REGISTRY.sources[CATALOGUE[name].source].cadence_days


def test_an_unknown_importer_is_told_with_all_there_are():
    with pytest.raises(UsageError, match="published, epoch-eci"):
        find_importer("nothing-like-it")
