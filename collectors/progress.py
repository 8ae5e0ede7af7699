"""Show how runs go while they go: a line per endpoint on standard error.

Before: events of workers. After: a rich progress display, and the last words of each run for whoever asks.
"""

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from collectors.collect import Job
from collectors.terminal import make_safe


class RunProgress:
    """A progress display for some runs; a context, and a listener of their workers."""

    def __init__(self, jobs: list[Job]):
        self.messages: list[str] = []
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[outcomes]}"),
            TextColumn("{task.fields[cost]}"), TimeRemainingColumn(), console=self._console,
        )  # fmt: skip
        self._lines: dict[str, TaskID] = {
            job.plan.run: self._progress.add_task(job.plan.endpoint.id, total=None, outcomes="starting", cost="")
            for job in jobs
        }

    def __enter__(self) -> "RunProgress":
        """Begin to show the lines."""
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Take the display down and print what went wrong."""
        self._progress.stop()
        for message in self.messages:
            self._console.print(make_safe(message), soft_wrap=True)

    def listen(self, run: str, event: dict[str, Any]) -> None:
        """Take in one event of the worker of `run`; called from several threads."""
        line = self._lines[run]
        match event["event"]:
            case "progress":
                counts = " ".join(f"{name} {count}" for name, count in sorted(event["outcomes"].items()))
                cost = "" if event["cost_usd"] is None else f"{event['cost_usd']:.4f} USD"
                self._progress.update(
                    line, completed=event["done"], total=event["total"], outcomes=counts or "asking", cost=cost
                )
            case "error":
                self.messages.append(event["message"])
                self._progress.update(line, outcomes="failed")
            case "loading" | "interrupted" as state:
                self._progress.update(line, outcomes=state)
