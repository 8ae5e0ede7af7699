"""Start the workers of several runs, at once but not too many, and follow what they tell.

Before: call logs with plans. After: every worker has ended; its events went to the listener, its standard error to
`logs/<run>.log`. Locally, or on the workers of a Dask cluster that shares the home directory; keys never travel: a
worker has those of the environment it was started in.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Protocol

from collectors.errors import UsageError
from collectors.settings import DATASETS_VARIABLE

LAST_WORDS = frozenset({"landed", "error", "interrupted"})
Listener = Callable[[str, dict[str, Any]], None]
"""Gets the run and one event of its worker: `{"event": "loading" | "progress" | "landed" | "error" | …, …}`."""


class Executor(Protocol):
    """Runs workers somewhere."""

    def run(self, paths: Sequence[Path], listen: Listener) -> None:
        """Run a worker for each call log and return when all have ended."""

    def stop(self) -> None:
        """End all workers cleanly; what they have collected is kept. May be called from any thread."""

    def close(self) -> None:
        """Let go of what the executor holds, once its runs have ended."""


class LocalExecutor:
    """Workers as processes of this machine, `parallel` at a time."""

    def __init__(self, parallel: int | None = None):
        self._parallel = parallel or max(2, min(8, os.cpu_count() or 2))
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen] = set()
        self._is_stopping = False
        self._warm: subprocess.Popen | None = None

    def warm_up(self) -> None:
        """Let a first worker import lm-eval, the better part of a short run, while the runs are still being planned."""
        self._warm = _start([sys.executable, "-m", "collectors.worker", "-", "--with-parent"], subprocess.DEVNULL, {})

    def close(self) -> None:
        """End the worker that was warmed up for nothing, if it was."""
        if self._warm is not None:
            self._warm.terminate()
            self._warm.communicate()

    def run(self, paths: Sequence[Path], listen: Listener) -> None:
        """Run a worker for each call log and return when all have ended; on Ctrl-C, after ending them cleanly."""
        with ThreadPoolExecutor(self._parallel) as pool:
            futures = [pool.submit(self._run_one, path, listen) for path in paths]
            try:
                wait(futures)
            except KeyboardInterrupt:
                self.stop()
                wait(futures)
                raise
        for future in futures:
            future.result()

    def stop(self) -> None:
        """End all workers cleanly and start no more."""
        with self._lock:
            self._is_stopping = True
            for process in self._processes:
                process.terminate()

    def _run_one(self, path: Path, listen: Listener) -> None:
        with self._lock:
            if self._is_stopping:
                return
            process = self._take_warm(path) or start_worker(path)
            self._processes.add(process)
        try:
            follow_worker(path, process, listen)
        finally:
            with self._lock:
                self._processes.discard(process)

    def _take_warm(self, path: Path) -> subprocess.Popen | None:
        process, self._warm = self._warm, None
        if process is None:
            return None
        try:
            process.stdin.write(f"{path}\n".encode())
            process.stdin.flush()
        except BrokenPipeError:
            # It has died; an ordinary worker will say in its log what ails them.
            process.communicate()
            return None
        return process


class DaskExecutor:
    """Workers beside the workers of a Dask cluster, as many at a time as it has threads; all see one home directory."""

    def __init__(self, scheduler: str):
        try:
            from distributed import Client
        except ImportError:
            raise UsageError(
                "collect: --executor dask needs the package 'distributed'; it is not installed. "
                "Run `pip install 'modelgap[dask]'`."
            ) from None
        try:
            self._client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"collect: no Dask scheduler answers at {scheduler!r}: {error}. Check --scheduler."
            ) from None
        self._stop = None

    def run(self, paths: Sequence[Path], listen: Listener) -> None:
        """Run a worker for each call log and return when all have ended; on Ctrl-C, after ending them cleanly."""
        from distributed import Event, wait

        topic = f"modelgap-{os.urandom(6).hex()}"
        self._stop = Event(f"{topic}-stop", client=self._client)
        self._client.subscribe_topic(topic, lambda message: listen(*message[1]))
        datasets = os.environ.get(DATASETS_VARIABLE)
        futures = [
            self._client.submit(_run_on_cluster, str(path), topic, datasets, pure=False, retries=0) for path in paths
        ]
        try:
            wait(futures)
        except KeyboardInterrupt:
            self.stop()
            wait(futures)
            raise
        finally:
            self._client.unsubscribe_topic(topic)
        self._client.gather(futures)

    def stop(self) -> None:
        """End all workers cleanly."""
        if self._stop is not None:
            self._stop.set()

    def close(self) -> None:
        """Leave the cluster, which goes on."""
        self._client.close()


def start_worker(path: Path, environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Return the started worker of a call log, its standard error in `logs/<run>.log`."""
    with get_worker_log(path).open("ab") as errors:
        return _start(
            [sys.executable, "-m", "collectors.worker", str(path), "--with-parent"], errors, environment or {}
        )


def follow_worker(path: Path, process: subprocess.Popen, listen: Listener) -> None:
    """Pass on a worker's events until it has ended; one that died without a last word is reported with its log."""
    run, said_goodbye = path.stem, False
    with process:
        for line in process.stdout:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                said_goodbye |= event["event"] in LAST_WORDS
                listen(run, event)
        code = process.wait()
    if not said_goodbye:
        how = f"was killed by signal {-code}" if code < 0 else f"died with exit code {code}"
        message = f"run {run}: its worker {how}; what it has collected is kept. See {get_worker_log(path)}."
        listen(run, {"event": "error", "message": message})


def get_worker_log(path: Path) -> Path:
    """Return where the worker of a call log writes what is not an event; its directory is made where missing."""
    log = path.parents[1] / "logs" / f"{path.stem}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


def _start(command: list[str], errors: Any, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, **environment},
        # Ctrl-C is for this process, which then ends its workers in order.
        start_new_session=True,
    )


def _run_on_cluster(path: str, topic: str, datasets: str | None) -> None:
    """Run one worker beside the Dask worker that executes this, and pass its events to the client's topic."""
    from distributed import Event, get_client, get_worker

    host, stop = get_worker(), Event(f"{topic}-stop", client=get_client())
    process = start_worker(Path(path), {DATASETS_VARIABLE: datasets} if datasets else None)

    def watch() -> None:
        # Without a scheduler nobody can ask to stop; the run is landed all the same.
        with contextlib.suppress(OSError):
            while process.poll() is None:
                if stop.wait(timeout=1):
                    process.terminate()
                    return

    threading.Thread(target=watch, daemon=True).start()
    follow_worker(Path(path), process, lambda run, event: host.log_event(topic, [run, event]))
