"""Publishing: a reader meets the former snapshot or the new one, whole, whoever is killed when."""

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from publishing import N_ROWS, make_template, publish_version

from collectors.errors import WarehouseError
from warehouse import publish
from warehouse.publish import clean_debris, get_directory, lock_warehouse, read_published
from warehouse.snapshot import open_current

PUBLISHES, KILLS = 50, 10


@pytest.fixture
def template(tmp_path) -> Path:
    return make_template(tmp_path / "template.duckdb")


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def read_version(home: Path) -> int:
    """Return the version of the current snapshot after making sure that it is whole."""
    rows = open_current(home).rows("SELECT version, count(*) AS n FROM content GROUP BY version")
    assert len(rows) == 1 and rows[0]["n"] == N_ROWS
    return rows[0]["version"]


def test_a_publish_is_current_under_a_name_of_its_own(home, template):
    first, second = publish_version(home, template), publish_version(home, template)
    assert first.name != second.name
    assert second.name.startswith("modelgap-2") and second.sha256[:12] in second.name
    assert read_version(home) == 2
    assert [entry.name for entry in read_published(home)] == [second.name, first.name]


def test_the_last_three_are_kept(home, template):
    names = [publish_version(home, template).name for _ in range(5)]
    assert sorted(path.name for path in get_directory(home).glob("modelgap-*")) == names[2:]


def test_nothing_published_is_no_error_and_a_broken_pointer_is(home):
    assert read_published(home) == []
    get_directory(home).mkdir(parents=True)
    (get_directory(home) / "CURRENT").write_text("modelgap-1")
    with pytest.raises(WarehouseError, match="CURRENT: not a pointer to a snapshot; got 'modelgap-1'"):
        read_published(home)


def test_publishers_wait_for_each_other(home, template):
    threads = [threading.Thread(target=publish_version, args=(home, template)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_version(home) == 4


class Killed(BaseException):
    """Stands for a kill: no `except Exception` may tidy up after it."""


@pytest.mark.parametrize("step", range(6))
def test_a_publish_cut_off_at_any_step_leaves_one_whole_snapshot_current(home, template, monkeypatch, step):
    publish_version(home, template)
    steps = iter(range(100))

    def cut(real):
        def act(*args, **kwargs):
            if next(steps) == step:
                raise Killed
            return real(*args, **kwargs)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_sync", cut(publish._sync))
        patch.setattr(os, "rename", cut(os.rename))
        patch.setattr(os, "replace", cut(os.replace))
        with pytest.raises(Killed):
            publish_version(home, template)
    version = read_version(home)
    assert version == (2 if step == 5 else 1)
    assert publish_version(home, template).inputs == str(version + 1)
    assert read_version(home) == version + 1
    left = {path.name for path in get_directory(home).iterdir()}
    assert left == {"LOCK", "CURRENT", *(entry.name for entry in read_published(home))}


def test_debris_is_cleared_and_what_is_not_ours_is_left(home, template):
    publish_version(home, template)
    for name in ("building-9.duckdb", "building-9.duckdb.wal", "modelgap-orphan.duckdb", "CURRENT.9", "notes.txt"):
        (get_directory(home) / name).write_text("x")
    with lock_warehouse(home):
        removed = clean_debris(home)
    assert removed == ["CURRENT.9", "building-9.duckdb", "building-9.duckdb.wal", "modelgap-orphan.duckdb"]
    assert (get_directory(home) / "notes.txt").exists()
    assert read_version(home) == 1


def test_a_reader_polls_through_50_publishes_of_which_10_are_killed(home, template):
    """No error, nothing stale once CURRENT has changed, nothing torn, nothing that goes backwards."""
    publish_version(home, template)
    seen, problems, done = [], [], threading.Event()

    def poll() -> None:
        while not done.is_set():
            try:
                current = int(read_published(home)[0].inputs)
                version = read_version(home)
                if version < current or (seen and version < seen[-1]):
                    problems.append(f"stale: {version} after {current} and {seen[-1:]}")
                seen.append(version)
            except Exception as error:
                problems.append(repr(error))

    reader = threading.Thread(target=poll)
    reader.start()
    chance = random.Random(7)
    try:
        for kill in range(KILLS):
            _publish_and_kill(home, template, PUBLISHES // KILLS, chance.uniform(0, 0.03), last=kill == KILLS - 1)
    finally:
        done.set()
        reader.join()
    assert problems == []
    assert len(set(seen)) > PUBLISHES / 2
    version = read_version(home)
    assert version >= PUBLISHES
    publish_version(home, template)
    assert read_version(home) == version + 1


def _publish_and_kill(home: Path, template: Path, publishes: int, delay: float, last: bool) -> None:
    script = Path(__file__).with_name("publishing.py")
    environment = os.environ | {"PYTHONPATH": str(script.parents[1])}
    process = subprocess.Popen(
        [sys.executable, str(script), str(home), str(template)], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        for _ in range(publishes):
            assert process.stdout.readline() == "published\n"
        threading.Event().wait(delay)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
