"""`modelgap collect`, `plan`, `schedule` and `runs`: measuring endpoints and looking at what was measured."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from collectors.errors import UsageError
from collectors.settings import get_home, get_overlays

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def mount(app: typer.Typer) -> None:
    """Add `collect`, `plan`, `schedule` and `runs` to `app`."""
    app.command("collect")(collect)
    app.command("plan")(plan)
    app.command("schedule")(schedule)
    runs = typer.Typer(help="Look at the runs that were measured.", no_args_is_help=True)
    runs.command("list")(list_command)
    runs.command("show")(show_command)
    app.add_typer(runs, name="runs")


def collect(
    endpoint: Annotated[list[str] | None, typer.Option(help="An endpoint to collect from; may be repeated.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="A task to run instead of the suite's; repeatable.")] = None,
    suite: Annotated[str | None, typer.Option(help="The suite whose tasks and endpoints to collect.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many items of each task.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Collect what is due by schedule, nothing else.")] = False,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Go on with this unfinished run.")] = None,
    executor: Annotated[str, typer.Option(help="Where workers run: local or dask.")] = "local",
    scheduler: Annotated[str | None, typer.Option(metavar="ADDR", help="The Dask scheduler's address.")] = None,
    parallel: Annotated[int | None, typer.Option(min=1, help="So many endpoints at a time.")] = None,
    as_json: Json = False,
) -> None:
    """Collect scores from endpoints through lm-eval. The same command again goes on with what was interrupted."""
    if due and (task or limit):
        raise UsageError("collect: --due runs whole suites; got --task or --limit as well. Leave one of them out.")
    if resume and any((endpoint, task, suite, limit, due)):
        raise UsageError("collect: --resume goes on as the run began; got other choices as well. Leave them out.")
    chosen = _choose_executor(executor, scheduler, parallel, warm=not due)
    try:
        from collectors.collect import Request

        request = Request(tuple(endpoint or ()), tuple(task or ()), suite, limit, due)
        raise typer.Exit(_collect(request, resume, chosen, as_json))
    finally:
        chosen.close()


def plan(as_json: Json = False) -> None:
    """Say what is due at which endpoint and from which source, and why."""
    from collectors.importers.due import plan_imports
    from collectors.landing import list_landed
    from collectors.planning import plan_due
    from collectors.registry_loader import load_registry
    from collectors.run_plan import list_unfinished
    from collectors.terminal import print_json, print_plan

    home, registry = get_home(), load_registry(get_overlays())
    runs = plan_due(registry, list_landed(home), list_unfinished(home), datetime.now(UTC))
    rows = [due.as_json() for due in (*runs, *plan_imports(home, registry))]
    print_json(rows) if as_json else print_plan(rows)


def schedule() -> None:
    """Collect and import what is due, when it is due, until stopped with Ctrl-C or SIGTERM."""
    from collectors.scheduling import run_schedule

    run_schedule(get_home(), get_overlays())


def list_command(as_json: Json = False) -> None:
    """List the measured runs, finished or not, with their scores."""
    from collectors.runs import list_runs
    from collectors.terminal import print_json, print_runs

    rows = list_runs(get_home())
    print_json(rows) if as_json else print_runs(rows)


def show_command(run: Annotated[str, typer.Argument(help="The run's name.")], as_json: Json = False) -> None:
    """Show one run: its scores, its subtasks, and every fault by name."""
    from collectors.runs import show_run
    from collectors.terminal import print_json, print_run

    document = show_run(get_home(), run)
    print_json(document) if as_json else print_run(document)


def _collect(request, resume: str | None, executor, as_json: bool) -> int:
    """Open the runs, see them through, and return the exit code."""
    from collectors.collect import open_jobs, open_resumed
    from collectors.registry_loader import load_registry

    registry, home, now = load_registry(get_overlays()), get_home(), datetime.now(UTC)
    if resume:
        jobs, notes = [open_resumed(registry, home, resume, now)], []
    else:
        jobs, notes = open_jobs(registry, home, request, now)
    for note in notes:
        typer.echo(note, err=True)
    if not jobs:
        typer.echo("Nothing is due." if request.is_due else "Nothing to collect.", err=True)
    return _see_through(jobs, executor, as_json) if jobs or as_json else 0


def _choose_executor(name: str, scheduler: str | None, parallel: int | None, *, warm: bool):
    from collectors.executors import DaskExecutor, LocalExecutor

    if name == "local" and scheduler is None:
        local = LocalExecutor(parallel)
        if warm:
            local.warm_up()
        return local
    if name == "dask" and scheduler and parallel is None:
        return DaskExecutor(scheduler)
    if name not in ("local", "dask"):
        raise UsageError(f"collect: no such executor; got {name!r}. Use local or dask.")
    raise UsageError(
        f"collect: these do not fit together; got --executor {name}, --scheduler {scheduler}, --parallel {parallel}. "
        "dask needs --scheduler and has its own number of threads; local takes only --parallel."
    )


def _see_through(jobs: list, executor, as_json: bool) -> int:
    """Run the jobs under a progress display, print what came of them, and return the exit code."""
    from collectors.collect import run_jobs
    from collectors.progress import RunProgress
    from collectors.runs import list_runs
    from collectors.terminal import print_json, print_runs

    names = {job.plan.run for job in jobs}
    try:
        with RunProgress(jobs) as progress:
            run_jobs(jobs, executor, progress.listen)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was collected is kept; the same command goes on from here.", err=True)
        return 1
    rows = [row for row in list_runs(get_home()) if row["run"] in names]
    print_json(rows) if as_json else print_runs(rows)
    unfinished = [row for row in rows if row["status"] != "complete"]
    for row in unfinished:
        typer.echo(f"{row['run']} is {row['status']}: see `modelgap runs show {row['run']}`, then give the same "
                   "command again.", err=True)  # fmt: skip
    return int(bool(unfinished) or len(rows) < len(names))
