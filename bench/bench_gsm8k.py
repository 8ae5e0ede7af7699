"""How near the calls of a real benchmark come to the ideal time; exits 1 above the aim.

GSM8K's 1,319 problems, where they lie in ../shared beside the checkout, else as many sums; 64 calls at a time to a
server on loopback, in a process of its own, that takes 200 ms over each. Ideal: items x latency / concurrency.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import pyarrow.compute as pc
from collecting import lay_overlay, write_sums

from collectors.landing import list_landed, read_landed

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "benchmarks"
ITEMS, CONCURRENCY, LATENCY_S, MOST_RATIO = 1319, 64, 0.2, 1.3


def main() -> int:
    """Print the times and the ratio; return the exit code."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).parents[1] / "tests" / "faulty_server.py"), "--latency", str(LATENCY_S)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            base_url = server.stdout.readline().strip()
            data = SHARED if SHARED.is_dir() else write_sums(folder / "datasets", ITEMS)
            overlay = lay_overlay(folder / "overlay", base_url, {"max_concurrency": CONCURRENCY})
            environment = {**os.environ, "MODELGAP_HOME": str(folder / "home"), "MODELGAP_REGISTRY": str(overlay),
                           "MODELGAP_DATASETS": str(data)}  # fmt: skip
            command = [sys.executable, "-m", "modelgap", "collect", "--endpoint", "one"]
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            whole = time.perf_counter() - started
        finally:
            server.terminate()
        (run,) = list_landed(folder / "home")
        calls = read_landed(run.path, verify=True).calls
    starts = pc.cast(calls["started_at"], "int64").to_numpy() / 1e6
    phase = (starts + calls["latency_s"].to_numpy()).max() - starts.min()
    ideal = ITEMS * LATENCY_S / CONCURRENCY
    assert calls.num_rows == ITEMS and run.manifest.status == "complete"
    print(f"items    {ITEMS} of {'GSM8K' if data == SHARED else 'made-up sums'}, {CONCURRENCY} at a time")
    print(f"ideal    {ideal:.2f} s")
    print(f"calls    {phase:.2f} s")
    print(f"ratio    {phase / ideal:.2f} (at most {MOST_RATIO})")
    print(f"process  {whole:.2f} s from start to exit")
    return 0 if phase / ideal <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
