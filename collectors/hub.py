"""Reach the data set hub, or say plainly that it cannot be reached.

Before: an lm-eval task about to load its items from the hub. After: the items, from the network or the hub client's
cache; or one `CollectError` that names the task, the data set and the remedy, without retries against a dead network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx

from collectors.errors import CollectError
from collectors.settings import DATASETS_VARIABLE
from collectors.task_entries import Task

REACH_TIMEOUT_S = 5.0


@contextmanager
def hub_access(task: Task) -> Iterator[None]:
    """Turn what goes wrong while loading `task` from the hub into a CollectError that says what to do.

    Where the hub does not answer within 5 s, its client is kept to its cache, so that a dead network fails at once.
    """
    import datasets
    import huggingface_hub.constants as hub

    before = (datasets.config.HF_HUB_OFFLINE, hub.HF_HUB_OFFLINE)
    why = "which is told to stay offline" if any(before) else "" if _answers(hub.ENDPOINT) else "which does not answer"
    datasets.config.HF_HUB_OFFLINE = hub.HF_HUB_OFFLINE = bool(why)
    try:
        yield
    except ImportError as error:
        raise CollectError(
            f"registry/tasks/{task.id}.yaml: the task needs a package that is not installed; got {error.name!r}. "
            f"Install it: pip install {error.name}."
        ) from error
    except (OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
        raise CollectError(_explain(task, error, why)) from error
    finally:
        datasets.config.HF_HUB_OFFLINE, hub.HF_HUB_OFFLINE = before


@cache
def _answers(endpoint: str) -> bool:
    """Return whether the hub answers at all; asked once a process, for a dead network costs seconds each time."""
    try:
        httpx.head(endpoint, timeout=REACH_TIMEOUT_S)
    except (httpx.HTTPError, OSError, RuntimeError):
        return False
    return True


def _explain(task: Task, error: Exception, why: str) -> str:
    hub = (task.dataset.hub if task.dataset else None) or "unnamed"
    local = task.dataset.local if task.dataset else None
    reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else "no reason given"
    place = f"a copy at ${DATASETS_VARIABLE}/{local}" if local else "the hub client's cache of another machine here"
    return (
        f"registry/tasks/{task.id}.yaml: the items of '{hub}' could not be had from the hub{why and f', {why}'}; "
        f"got {type(error).__name__}: {reason}. Mend the network or the access, or put {place}."
    )
