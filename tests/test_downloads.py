"""Whole files to take away: made once a snapshot, sent from disk, gone with the process; data are left alone."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from page_snapshot import get_home
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import downloads
from dashboard.download_routes import ROUTES
from dashboard.downloads import NAMES, prepare_downloads
from warehouse import read


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(get_home()))
    monkeypatch.setattr(downloads, "_kept", type(downloads._kept)())
    return TestClient(Starlette(routes=ROUTES))


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


def test_the_package_holds_tables_description_and_citation(client):
    answer = client.get("/data/modelgap-data.zip")
    assert answer.status_code == 200 and answer.headers["content-disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    root = archive.namelist()[0].partition("/")[0]
    described = json.loads(archive.read(f"{root}/datapackage.json"))
    assert {f"{root}/{resource['path']}" for resource in described["resources"]} <= set(archive.namelist())
    assert yaml.safe_load(archive.read(f"{root}/CITATION.cff"))["license"] == "CC-BY-4.0"


def test_tables_claims_and_registry_open_by_themselves(client):
    scores = pd.read_parquet(io.BytesIO(client.get("/data/scores.parquet").content))
    assert len(scores) == len(pd.read_csv(io.BytesIO(client.get("/data/scores.csv").content)))
    assert scores["licence"].notna().all()
    assert {claim["claim"] for claim in client.get("/data/claims-checked.json").json()} == {"open", "points", "wrong"}
    assert (
        "registry/benchmarks.yaml" in zipfile.ZipFile(io.BytesIO(client.get("/data/registry.zip").content)).namelist()
    )


def test_every_name_is_answered_and_no_other(client):
    assert {client.head(f"/data/{name}").status_code for name in NAMES} == {200}
    for name in ("nothing.csv", "..%2f..%2fetc%2fpasswd", "CURRENT"):
        answer = client.get(f"/data/{name}")
        assert answer.status_code == 404 and "scores.csv" in answer.text + "scores.csv" * ("Not Found" in answer.text)


def test_a_file_is_named_by_its_snapshot_and_not_sent_again(client, snapshot):
    tag = client.get("/data/models.csv").headers["etag"]
    assert client.get("/data/models.csv", headers={"If-None-Match": tag}).status_code == 304
    pinned = client.get(f"/data/models.csv?snapshot={snapshot.id}")
    assert pinned.status_code == 200 and "immutable" in pinned.headers["cache-control"]
    assert client.get("/data/models.csv?snapshot=gone").status_code == 404


def test_without_a_snapshot_it_is_not_the_readers_fault(client, monkeypatch, tmp_path):
    monkeypatch.setenv("MODELGAP_HOME", str(tmp_path))
    assert client.get("/data/models.csv").status_code == 503


def test_files_are_made_once_and_nothing_is_written_where_the_data_lie(client, snapshot):
    before = {path: path.stat().st_mtime_ns for path in get_home().rglob("*")}
    first = prepare_downloads(snapshot)
    assert prepare_downloads(snapshot) is first
    assert not first.folder.is_relative_to(get_home())
    assert {path: path.stat().st_mtime_ns for path in get_home().rglob("*")} == before


def test_only_so_many_snapshots_are_kept(client, snapshot, monkeypatch):
    old = tempfile.TemporaryDirectory()
    downloads._kept["an older one"] = old, None
    monkeypatch.setattr(downloads, "MAX_KEPT", 1)
    prepare_downloads(snapshot)
    assert list(downloads._kept) == [snapshot.id] and not Path(old.name).exists()
