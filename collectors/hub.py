"""Reach the data set hub, or say plainly that it cannot be reached.

Before: an lm-eval task about to load its items from the hub. After: the items, from the network or the hub client's
cache; or one `CollectError` that names the task, the data set and the remedy, without retries against a dead network.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from collectors.entries import Task
from collectors.errors import CollectError
from collectors.settings import DATASETS_VARIABLE

REACH_TIMEOUT_S = 5.0


@contextmanager
def hub_access(task: Task) -> Iterator[None]:
    """Turn what goes wrong while loading `task` from the hub into a CollectError that says what to do.

    Where the hub does not answer within 5 s, its client is kept to its cache, so that a dead network fails at once.
    """
    import datasets
    import huggingface_hub.constants

    before = (datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE)
    offline = before[0] or before[1] or not _answers(huggingface_hub.constants.ENDPOINT)
    datasets.config.HF_HUB_OFFLINE = huggingface_hub.constants.HF_HUB_OFFLINE = offline
    try:
        yield
    except (OSError, ValueError, RuntimeError, ImportError, httpx.HTTPError) as error:
        raise CollectError(_explain(task, error, offline)) from error
    finally:
        datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE = before


def _answers(endpoint: str) -> bool:
    try:
        httpx.head(endpoint, timeout=REACH_TIMEOUT_S)
    except (httpx.HTTPError, OSError, RuntimeError):
        return False
    return True


def _explain(task: Task, error: Exception, offline: bool) -> str:
    hub = (task.dataset.hub if task.dataset else None) or "unnamed"
    local = task.dataset.local if task.dataset else None
    reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else ""
    place = f"${DATASETS_VARIABLE}/{local}" if local else "the hub client's cache, with a machine that has network"
    return (
        f"registry/tasks/{task.id}.yaml: the items of '{hub}' could not be had from the hub"
        f"{', which does not answer' if offline else ''}; got {type(error).__name__}: {reason}. "
        f"Mend the network, or put a copy at {place}."
    )
