"""Many readers turning every page while new snapshots are published: errors, memory, and how soon each is seen.

Publishes copies of this installation's current snapshot, by the publisher's own door, into a data directory of its own;
20 WebSocket sessions turn pages, choices, languages and download menus meanwhile. Prints one JSON document; exit code 1
where a session met an error, saw an old snapshot, or the server's memory kept growing. `--full`: 2,000 reruns and 30
snapshots instead of 600 and 9.
"""

import asyncio
import json
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import duckdb
from sessions import Answer, Session, open_session, read_cpu, read_memory, serve

from collectors.settings import get_home
from dashboard.commands import APP
from warehouse.publish import get_directory, lock_warehouse, publish_snapshot, read_published

FULL = "--full" in sys.argv[1:]
SESSIONS, RERUNS, SNAPSHOTS = (20, 2000, 30) if FULL else (20, 600, 9)
PAGES = ["", *re.findall(r'url_path="([^"]+)"', APP.with_name("navigation.py").read_text())]
assert len(PAGES) > 10, "the pages stand elsewhere now"
DAYS = ("2024-06-30", "2025-01-31", "2025-06-30")
CHARTS = ("records.csv", "lag-over-time.svg", "domains.json", "isic.xlsx")
SNAPSHOT = re.compile(r"modelgap-\d{8}T\d+Z-[0-9a-f]{12}")
GROWTH = 0.10
"""What memory may grow by, from the second quarter of the run to the last, and still count as flat."""


@dataclass
class Soak:
    """What is known of a run while it goes on."""

    home: Path
    pid: int
    address: str
    snapshots: list[str]
    errors: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    n_seen: int = 0
    n_outdated: int = 0
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    held: list[int] = field(default_factory=list)


async def read_pages(soak: Soak, number: int) -> None:
    """Be one reader: rerun a page in many ways, and hold each answer to the newest snapshot from before it."""
    dice = random.Random(number)
    async with open_session(soak.address, PAGES[number % len(PAGES)]) as session:
        for _ in range(RERUNS // SESSIONS):
            newest = soak.snapshots[-1]
            try:
                answer = await turn(soak, session, dice)
            except Exception as error:
                # Whatever it is, it is what the soak looks for, and the other readers go on.
                soak.errors.append(f"{type(error).__name__}: {error}")
                return
            note(soak, answer, newest)


async def turn(soak: Soak, session: Session, dice: random.Random) -> Answer:
    """Return the answer to one of the things that readers do."""
    menus = [key for key in session.widgets if key.startswith(("downloads-", "table-", "more"))]
    match dice.randrange(10):
        case 0 | 1 | 2:
            return await session.rerun(page=dice.choice(PAGES), query="")
        case 3 if "choice-lang" in session.widgets:
            return await session.rerun({"choice-lang": [dice.choice(("EN", "中文"))]})
        case 4 if "more" in session.widgets:
            return await session.rerun(query=f"as-of={dice.choice(DAYS)}")
        case 5 | 6 if menus:
            return await session.rerun({dice.choice(menus): dice.random() < 0.7})
        case 7 | 8:
            answer = await session.rerun()
            links = [link.url for link in answer.list_kind("link_button") if "/chart/" in link.url]
            await fetch(soak, dice.choice(links or [f"/chart/{dice.choice(CHARTS)}"]))
            return answer
    return await session.rerun()


async def fetch(soak: Soak, url: str) -> None:
    """Take a chart's file from the server, and note where it has none."""
    try:
        await asyncio.to_thread(lambda: urllib.request.urlopen(urljoin(soak.address, url), timeout=120).read())
    except urllib.error.HTTPError as error:
        said = error.read()[:200].decode()
        # Three newer snapshots came while the reader had the page open: the answer says so, as it should.
        if "no longer kept" in said:
            soak.n_outdated += 1
        else:
            soak.errors.append(f"{url}: {error} {said}")


def note(soak: Soak, answer: Answer, newest: str) -> None:
    """Note what an answer tells: faults, the snapshots that it names, the server's memory and open snapshots."""
    soak.errors += answer.errors
    soak.seconds.append(answer.seconds)
    named = set(SNAPSHOT.findall("\n".join(answer.texts)))
    if named:
        soak.n_seen += 1
        if max(named) < newest:
            soak.late.append(f"{max(named)} after {newest}")
    if len(soak.seconds) % 20 == 0:
        soak.memory.append(read_memory(soak.pid))
        soak.held.append(count_open(soak.pid))


def count_open(pid: int) -> int:
    """Return how many snapshot files a process holds open."""
    held = 0
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held += ".duckdb" in str(handle.readlink())
        except FileNotFoundError:
            continue
    return held


async def publish_often(soak: Soak) -> None:
    """Publish a snapshot whenever the readers have done another share of their reruns."""
    for number in range(1, SNAPSHOTS + 1):
        while len(soak.seconds) < number * RERUNS / (SNAPSHOTS + 1):
            await asyncio.sleep(0.05)
        soak.snapshots.append(await asyncio.to_thread(publish_copy, soak.home, number))


def publish_copy(home: Path, number: int) -> str:
    """Return the id of a new snapshot: the current one with another stamp in it."""
    directory = get_directory(home)
    with lock_warehouse(home):
        built = directory / f"building-{number}.duckdb"
        shutil.copyfile(directory / read_published(home)[0].name, built)
        with duckdb.connect(str(built)) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'inputs'", [json.dumps(str(number))])
            connection.execute("CHECKPOINT")
        return publish_snapshot(home, built, content=str(number)).id


async def soak_through(soak: Soak) -> None:
    """Let all readers go through their reruns while snapshots are published."""
    publishing = asyncio.create_task(publish_often(soak))
    await asyncio.gather(*(read_pages(soak, number) for number in range(SESSIONS)))
    publishing.cancel()


def describe(soak: Soak, seconds: float, cpu: float, log: str) -> dict:
    """Return what the run showed; memory in MB, a figure for every twentieth of it."""
    quarter = len(soak.memory) // 4
    early, last = (statistics.median(part) for part in (soak.memory[quarter : 2 * quarter], soak.memory[-quarter:]))
    times = statistics.quantiles(soak.seconds, n=20)
    return {
        "sessions": SESSIONS, "reruns": len(soak.seconds), "snapshots": len(soak.snapshots) - 1,
        "seconds": round(seconds), "errors": soak.errors,
        "server_log": [line for line in log.splitlines() if "Error" in line or "Traceback" in line],
        "late": soak.late, "answers_naming_their_snapshot": soak.n_seen, "links_to_snapshots_gone": soak.n_outdated,
        "rerun_p50_ms": round(times[9] * 1e3), "rerun_p95_ms": round(times[18] * 1e3),
        "cpu_ms_a_rerun": round(cpu / len(soak.seconds) * 1e3),
        "memory_mb": [round(value) for value in soak.memory[:: max(1, len(soak.memory) // 20)]],
        "memory_growth": round(last / early - 1, 3),
        "snapshots_held_open": max(soak.held), "snapshot_files": len(list(get_directory(soak.home).glob("*.duckdb"))),
    }  # fmt: skip


def main() -> None:
    """Soak the dashboard and print what it showed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(get_directory(get_home()), get_directory(home))
        with serve(home, log=home / "log") as (pid, address):
            soak = Soak(home, pid, address, [read_published(home)[0].id])
            start = time.perf_counter()
            asyncio.run(soak_through(soak))
            shown = describe(soak, time.perf_counter() - start, read_cpu(pid), (home / "log").read_text())
    print(json.dumps(shown, indent=1))
    if shown["errors"] or shown["server_log"] or shown["late"] or shown["memory_growth"] > GROWTH:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
