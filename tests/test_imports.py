"""Imports point one way: dashboard -> warehouse -> the shared ground of collectors; one package a side effect."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_GROUND = {
    f"collectors.{name}"
    for name in (
        "records",
        "entries",
        "endpoint_entries",
        "task_entries",
        "errors",
        "settings",
        "registry_loader",
        "registry_checks",
        "claim_entries",
        "cron",
        "efforts",
        "importers.catalogue",
        "importers.freshness",
    )
}
NETWORK = {"httpx", "requests", "urllib.request", "aiohttp", "socket", "http.client"}
ALLOWED = {
    "collectors": {"collectors"},
    "warehouse": {"warehouse"} | SHARED_GROUND,
    "dashboard": {"dashboard", "warehouse"} | SHARED_GROUND,
}
MODULES = [path for package in ALLOWED for path in (ROOT / package).rglob("*.py")]


def imported_names(source: str) -> set[str]:
    """Return the dotted names a module imports, `from a import b` counted as both `a` and `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def find_breaches(package: str, source: str) -> list[str]:
    """Return the imports of a module of `package` that the rule forbids."""
    breaches = []
    for name in imported_names(source):
        top = name.split(".")[0]
        if top in ALLOWED and not any(f"{name}.".startswith(f"{root}.") for root in ALLOWED[package]):
            breaches.append(name)
        if top == "streamlit" and package != "dashboard":
            breaches.append(name)
        if package == "warehouse" and any(f"{name}.".startswith(f"{library}.") for library in NETWORK):
            breaches.append(name)
    return breaches


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_downwards(path):
    assert find_breaches(path.relative_to(ROOT).parts[0], path.read_text()) == []


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("warehouse", "import dashboard.app"),
        ("warehouse", "from collectors.worker import run_worker"),
        ("warehouse", "import streamlit as st"),
        ("warehouse", "import httpx"),
        ("collectors", "from warehouse import read"),
        ("dashboard", "from collectors import collect"),
    ],
)
def test_a_breach_is_found(package, source):
    assert find_breaches(package, source)
