"""A worker killed at any moment is resumed: nothing but what was in flight is paid for twice, the score is the same."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from collecting import answer_sums, item_of, plan_run, prepare_sums, serve_sums

from collectors.call_log import CallLog
from collectors.landing import list_landed, read_landed

COUNT, CONCURRENCY, KILLS = 150, 4, 10
FAULTS = (("item 11:", "refusal_text"), ("item 12:", "finish_length"), ("item 13:", "rate_limit", 1))


class Zygote:
    """Starts real workers without importing lm-eval each time."""

    def __init__(self):
        script = Path(__file__).with_name("worker_zygote.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def start(self, path: Path) -> int:
        self._process.stdin.write(f"{path}\n")
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        return int(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture
def zygote(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch, COUNT)
    started = Zygote()
    yield started
    started.close()


def home():
    return Path(os.environ["MODELGAP_HOME"])


def score_of(run):
    (landed,) = [item for item in list_landed(home()) if item.manifest.run == run]
    (score,) = read_landed(landed.path, verify=True).scores
    return score


def settled_items(path):
    with CallLog(path) as log:
        return {record.doc_id for record in log.records() if record.is_settled}


def test_killed_at_ten_random_moments_it_ends_in_the_same_score_and_pays_for_nothing_twice(zygote):
    chance = random.Random(20260105)
    with serve_sums(*FAULTS, latency=0.01) as server:
        whole = plan_run(server.base_url, run="whole")
        zygote.start(whole)
        assert zygote.wait() == 0

    with serve_sums(*FAULTS, latency=0.01) as server:
        path = plan_run(server.base_url, run="killed")
        paid: set[int] = set()
        for _ in range(KILLS):
            before = len(server.requests)
            worker = zygote.start(path)
            kill_when(worker, lambda n=before + chance.randint(0, 12): len(server.requests) >= n, chance.random() / 50)
            assert zygote.wait() == -signal.SIGKILL
            asked = {item_of(request.body) for request in server.requests[before:]}
            assert not asked & paid, "an answer that was kept was paid for again"
            kept = settled_items(path)
            assert kept >= paid
            paid = kept
        assert 0 < len(paid) < COUNT
        before = len(server.requests)
        zygote.start(path)
        assert zygote.wait() == 0
        last = {item_of(request.body) for request in server.requests[before:]}
        assert not last & paid and last | paid == set(range(COUNT))

    times = Counter(item_of(request.body) for request in server.requests)
    retried = 1
    assert sum(times.values()) - COUNT <= KILLS * CONCURRENCY + retried
    assert not path.exists()
    first, second = score_of("whole"), score_of("killed")
    assert (first.score, first.stderr, first.coverage) == (second.score, second.stderr, second.coverage)
    assert first.protocol == second.protocol and first.coverage == (COUNT - 2) / COUNT


def kill_when(worker: int, is_time, more_s: float) -> None:
    """Kill a worker `more_s` seconds after its moment has come."""
    deadline = time.monotonic() + 60
    while not is_time() and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(more_s)
    os.kill(worker, signal.SIGKILL)


def test_an_incomplete_run_lands_and_resumed_asks_only_for_what_failed(zygote):
    faults = [("item 3:", "server_error", 3), ("item 4:", "unauthorized", 1), ("item 6:", "refusal_text")]
    with serve_sums(*faults) as server:
        path = plan_run(server.base_url)
        zygote.start(path)
        assert zygote.wait() == 1
        (landed,) = list_landed(home())
        assert (landed.manifest.status, landed.manifest.attempt) == ("incomplete", 1)
        assert score_of("r1").score is None
        answered, before = settled_items(path), len(server.requests)
        zygote.start(path)
        assert zygote.wait() == 0
        asked = [item_of(request.body) for request in server.requests[before:]]
    assert sorted(asked) == sorted(set(range(COUNT)) - answered) and {3, 4} <= set(asked)
    (landed,) = list_landed(home())
    assert (landed.manifest.status, landed.manifest.attempt) == ("complete", 2)
    assert landed.path.name == "run=r1.a2" and not path.exists()
    assert score_of("r1").score == (COUNT - COUNT // 5 - 1) / COUNT


def test_two_workers_never_work_on_one_run(zygote, tmp_path):
    with serve_sums(latency=0.02) as server:
        path = plan_run(server.base_url)
        first = zygote.start(path)
        while len(server.requests) < 10:
            time.sleep(0.01)
        second = subprocess.run(
            [sys.executable, "-c", "import collectors.run_plan as r; r.LOCK_WAIT_S = 0\n"
             "from pathlib import Path; import sys\n"
             "with r.lock_run(Path(sys.argv[1]), 'r1', wait_s=0): pass", str(home())],
            capture_output=True, text=True,
        )  # fmt: skip
        assert f"run r1 is being collected by another process; got pid {first}" in second.stderr
        assert zygote.wait() == 0
    assert Counter(item_of(request.body) for request in server.requests) == Counter(range(COUNT))


def test_the_server_of_the_tests_answers_each_fifth_wrongly():
    assert b"1001" in answer_sums({"messages": [{"content": "item 1: ?"}]}).body
    assert b"is 7." in answer_sums({"messages": [{"content": "item 5: ?"}]}).body
