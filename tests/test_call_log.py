"""The call log keeps every ended call, through `kill -9` too, and says what a resumed run need not ask again."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.call_log import COLUMNS, CallLog, CallRecord
from collectors.errors import CollectError
from collectors.records import CALLS, Outcome

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 1, 2, 3, 4, 5, 678900, UTC)


def record(key="k", outcome=Outcome.OK, doc_id=0, **more):
    return CallRecord(key, "gsm8k", doc_id, 0, outcome, None, 1, AT, **more)


def test_columns_are_those_that_land():
    assert list(COLUMNS) == CALLS.names


def test_what_is_put_comes_back(tmp_path):
    full = CallRecord(
        "k",
        "gsm8k",
        3,
        1,
        Outcome.REFUSED,
        "said no",
        2,
        AT,
        0.25,
        11,
        7,
        5,
        "stop",
        200,
        "m",
        "fp",
        "r",
        "答\0案",
        "想",
    )
    with CallLog(tmp_path / "deep" / "run.sqlite") as log:
        log.put(full)
        assert log.get("k") == full
        assert log.get("other") is None
    with CallLog(tmp_path / "deep" / "run.sqlite") as log:
        assert list(log.records()) == [full]


def test_a_later_record_takes_the_place_of_an_earlier_one(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as log:
        log.put(record(outcome=Outcome.TIMEOUT))
        log.put(record(outcome=Outcome.OK))
        log.put(record("b", Outcome.EMPTY, doc_id=1))
        assert log.outcome_counts() == {"empty": 1, "ok": 1}
        assert [row.call_key for row in log.records()] == ["k", "b"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_model_is_asked_again_only_where_it_has_not_spoken(outcome):
    assert record(outcome=outcome).is_settled == (outcome in ("ok", "refused", "truncated"))


def test_meta(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as log:
        assert log.get_meta("plan") is None
        log.set_meta("plan", {"tasks": ["数学"], "limit": None})
        log.set_meta("plan", {"tasks": ["gsm8k"], "limit": 5})
        assert log.get_meta("plan") == {"tasks": ["gsm8k"], "limit": 5}


def test_threads_share_a_log(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as log:
        threads = [
            threading.Thread(
                target=lambda start=start: [log.put(record(str(n), doc_id=n)) for n in range(start, start + 50)]
            )
            for start in range(0, 200, 50)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert log.outcome_counts() == {"ok": 200}


WRITER = """
import sys
from datetime import UTC, datetime
from collectors.call_log import CallLog, CallRecord
from collectors.records import Outcome
log = CallLog(sys.argv[1])
for number in range(10**9):
    log.put(CallRecord(str(number), "t", number, 0, Outcome.OK, None, 1, datetime.now(UTC), answer="x" * 3000))
    print(number, flush=True)
"""


def test_kill_9_loses_no_call_that_ended(tmp_path):
    path = tmp_path / "run.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    last = [int(writer.stdout.readline()) for _ in range(200)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    last = max([last, *map(int, writer.stdout.read().split())])
    writer.wait()
    with CallLog(path) as log:
        kept = {row.doc_id for row in log.records()}
    assert kept >= set(range(last + 1))


def test_a_reader_beside_the_writer(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as writer, CallLog(tmp_path / "run.sqlite") as reader:
        writer.put(record())
        assert reader.outcome_counts() == {"ok": 1}


def test_a_file_that_is_no_call_log(tmp_path):
    path = tmp_path / "run.sqlite"
    path.write_text("not a database, " * 100)
    with pytest.raises(CollectError, match=r"run\.sqlite: the call log cannot be used"):
        CallLog(path)


def test_a_log_of_a_later_version(tmp_path):
    with CallLog(tmp_path / "run.sqlite") as log:
        log._query("PRAGMA user_version = 99")
    with pytest.raises(CollectError, match="format 99"):
        CallLog(tmp_path / "run.sqlite")


def test_a_closed_log_says_so(tmp_path):
    log = CallLog(tmp_path / "run.sqlite")
    log.close()
    log.close()
    with pytest.raises(CollectError, match="cannot be used"):
        log.put(record())
