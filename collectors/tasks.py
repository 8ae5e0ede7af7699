"""Load registry tasks as lm-eval tasks that run as the registry says.

Before: `Task` entries. After: lm-eval `Task` and `Group` objects, fit for `simple_evaluate`, whose items come from the
hub, from local copies or from our generators, with the registry's token limit, without random few-shots.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import CollectError, UsageError
from collectors.hub import hub_access
from collectors.local_data import find_splits, read_splits
from collectors.task_entries import Task
from collectors.task_files import OWN_TASKS, find_files, get_builtin_tasks

if TYPE_CHECKING:
    from lm_eval.tasks import TaskManager

TOKEN_LIMITS = ("max_tokens", "max_new_tokens", "max_completion_tokens", "max_length")
"""Names under which a task may state a limit of its own; the registry's takes the place of all."""


@dataclass(frozen=True)
class Leaf:
    """What one lm-eval task is to the registry: a whole task, or one subtask of it."""

    task: str
    subtask: str | None = None


@dataclass(frozen=True)
class LoadedTasks:
    """What `simple_evaluate(tasks=objects, task_manager=manager)` needs, and whose each lm-eval task is."""

    objects: list[Any]
    manager: "TaskManager"
    leaves: Mapping[str, Leaf]

    def find_leaves(self) -> dict[str, Any]:
        """Return the lm-eval task objects that hold items, by name: those of groups and those that stand alone."""
        return {
            leaf.task_name: leaf
            for item in self.objects
            for leaf in (item.get_all_tasks() if hasattr(item, "get_all_tasks") else [item])
        }


def get_edition(at: datetime) -> str:
    """Return the edition of generated items due at `at`: its year and month, such as "2025-12"."""
    return f"{at:%Y-%m}"


def load_task_dict(tasks: Sequence[Task], *, datasets: Path | None, edition: str) -> LoadedTasks:
    """Return lm-eval's objects for registry `tasks`, their items loaded.

    Args:
        tasks: registry entries; each names one lm-eval task or group, no name twice.
        datasets: directory of local copies; a task with `dataset.local` reads there instead of from the hub.
        edition: year and month that seed the generated items, such as "2025-12".

    Raises: UsageError where lm-eval knows no such task; CollectError where its items cannot be had.
    """
    names = [task.lm_eval.task for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"tasks: one lm-eval task is asked for twice; got {name!r}. Name it in one task only.")
    manager = _index(tasks)
    objects, leaves = [], {}
    for task in tasks:
        loaded = _load(task, manager, datasets, edition)
        objects.append(loaded)
        for leaf in _tasks_of(loaded):
            _apply_protocol(leaf, task)
            leaves[leaf.task_name] = Leaf(task.id, _subtask(leaf.task_name, task.lm_eval.task))
    return LoadedTasks(objects, manager, leaves)


def _index(tasks: Sequence[Task]) -> "TaskManager":
    """Return a manager over just the directories that define `tasks` and their members."""
    from lm_eval.tasks import TaskManager

    names, folders = {task.lm_eval.task for task in tasks}, set()
    while True:
        files = find_files(names, (OWN_TASKS, get_builtin_tasks()))
        folders |= {path.parent for path in files.values()}
        outermost = [folder for folder in sorted(folders) if not folders & set(folder.parents)]
        manager = TaskManager(include_defaults=False, include_path=outermost)
        known = manager.task_index
        _check_known(tasks, known)
        members = {name for entry in names & known.keys() for name in _member_names(known[entry].cfg)}
        if not members - names:
            return manager
        names |= members


def _check_known(tasks: Iterable[Task], known: Mapping[str, Any]) -> None:
    for task in tasks:
        if task.lm_eval.task not in known:
            raise UsageError(
                f"registry/tasks/{task.id}.yaml: lm-eval has no such task or group; got {task.lm_eval.task!r}. "
                "See `lm-eval ls tasks` for its names; tags do not serve."
            )


def _member_names(config: Mapping[str, Any] | None) -> Iterator[str]:
    members = (config or {}).get("task")
    for member in members if isinstance(members, list) else []:
        yield member if isinstance(member, str) else member.get("group") or member["task"]


def _load(task: Task, manager: "TaskManager", datasets: Path | None, edition: str) -> Any:
    """Return the task or group that `task` names, with its items."""
    index, name = manager.task_index, task.lm_eval.task
    own_items = task.generated or (datasets and task.dataset and task.dataset.local)
    if not own_items:
        with hub_access(task):
            return _build(manager, name)
    group = index[name].cfg if "group" in index[name].cfg else None
    names = list(_member_names(group)) if group else [name]
    for member in names:
        if member not in index or "group" in index[member].cfg:
            raise UsageError(
                f"registry/tasks/{task.id}.yaml: a group of groups cannot read local copies; got {name!r}."
            )
    leaves = []
    for member in names:
        leaf = _build(manager, member, _item_source(task, index[member].cfg, datasets, edition))
        if not task.generated:
            # The landed configuration says that a local copy was read, not where this machine keeps it.
            leaf.set_config("custom_dataset", None)
            leaf.set_config("dataset_kwargs", {"local": task.dataset.local})
        leaves.append(leaf)
    return _group(group, leaves) if group else leaves[0]


def _build(manager: "TaskManager", name: str, overrides: Mapping[str, Any] | None = None) -> Any:
    """Return one indexed task or group; a task may have overrides.

    lm-eval lays overrides over an indexed task only where a group names it, so a group of one is asked for.
    """
    loaded = manager.load([{"group": "_", "task": [{"task": name, **overrides}]}] if overrides else [name])
    return loaded["groups"].get(name) or loaded["tasks"][name]


def _group(config: Mapping[str, Any], leaves: Iterable[Any]) -> Any:
    from lm_eval.api.group import Group
    from lm_eval.config.group import GroupConfig

    fields = ("group", "group_alias", "aggregate_metric_list", "metadata")
    group = Group.from_config(GroupConfig(**{key: config[key] for key in fields if key in config}))
    for leaf in leaves:
        group.add(leaf)
    return group


def _item_source(task: Task, config: Mapping[str, Any], datasets: Path | None, edition: str) -> dict[str, Any]:
    """Return the overrides that make a leaf read a local copy, or generate this edition."""
    kwargs = config.get("dataset_kwargs") or {}
    if task.generated:
        return {"dataset_kwargs": {**kwargs, "edition": edition}}
    keys = ("training_split", "validation_split", "test_split", "fewshot_split")
    splits = {key: config[key] for key in keys if config.get(key)}
    evaluated = config.get("test_split") or config["validation_split"]
    files = find_splits(
        datasets / task.dataset.local, config.get("dataset_name"), sorted({*splits.values()}), evaluated
    )
    _check_shots(task, config, files)
    absent = {key: None for key, split in splits.items() if split not in files}
    source = {"custom_dataset": read_splits, "dataset_kwargs": {"files": files, "hub": task.dataset.hub}}
    return {**source, **absent}


def _check_shots(task: Task, config: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """Raise CollectError where examples are wanted and a local copy has none: lm-eval would take them from the test."""
    shots = config.get("num_fewshot") if task.lm_eval.fewshot is None else task.lm_eval.fewshot
    own = (config.get("fewshot_config") or {}).get("samples")
    split = config.get("fewshot_split") or config.get("training_split") or config.get("validation_split")
    if shots and not own and split not in files:
        raise CollectError(
            f"registry/tasks/{task.id}.yaml: {shots} examples are wanted, and the local copy has none; got no file for "
            f"the split '{split}' beside {task.dataset.local}. Put it there, or set lm_eval.fewshot to 0."
        )


def _tasks_of(loaded: Any) -> list[Any]:
    return loaded.get_all_tasks() if hasattr(loaded, "get_all_tasks") else [loaded]


def _subtask(leaf: str, task: str) -> str | None:
    return None if leaf == task else leaf.removeprefix(task).lstrip("_:")


def _apply_protocol(leaf: Any, task: Task) -> None:
    """Give a loaded task the registry's token limit and number of shots; shots are always the first ones."""
    from lm_eval.api.samplers import get_sampler

    _check_agreement(leaf, task)
    if task.output_type == "generate_until":
        settings = {k: v for k, v in leaf.get_config("generation_kwargs").items() if k not in TOKEN_LIMITS}
        leaf.set_config("generation_kwargs", {**settings, "max_gen_toks": task.max_tokens})
    if task.lm_eval.fewshot is not None:
        leaf.set_config("num_fewshot", task.lm_eval.fewshot)
    if leaf.get_config("num_fewshot"):
        leaf.fewshot_cfg.sampler = "first_n"
        leaf.sampler = get_sampler("first_n")(list(leaf.fewshot_docs()))
    # The landed configuration must not say where this machine keeps its packages.
    metadata = {k: v for k, v in (leaf.get_config("metadata") or {}).items() if k != "config_source"}
    leaf.set_config("metadata", metadata)


def _check_agreement(leaf: Any, task: Task) -> None:
    """Raise UsageError where the registry and lm-eval differ on a task, before anything is paid for."""
    filters = [entry["name"] for entry in leaf.get_config("filter_list") or [{"name": "none"}]]
    # A metric such as pass@1 gets its name only when the answers are in.
    metrics = [*leaf.aggregation(), *([task.lm_eval.metric] if "@" in task.lm_eval.metric else [])]
    stated = (
        ("output_type", task.output_type, [leaf.get_config("output_type")]),
        ("lm_eval.filter", task.lm_eval.filter, filters),
        ("lm_eval.metric", task.lm_eval.metric, metrics),
    )
    for field, value, known in stated:
        if value not in known:
            raise UsageError(
                f"registry/tasks/{task.id}.yaml: {field} is not what lm-eval's {leaf.task_name} has; got {value!r}. "
                f"Use {' or '.join(map(repr, known))}."
            )
