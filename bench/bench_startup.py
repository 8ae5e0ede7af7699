"""How long a whole process takes for a small job, ours against stock lm-eval; exits 1 above the aim.

One endpoint, one task of 20 items from a local file, one server on loopback that answers at once. `modelgap collect`
and `lm-eval run` take turns, so that both meet the same machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import yaml
from collecting import lay_overlay, serve_sums, write_sums

from collectors.task_files import get_builtin_tasks

MOST_RATIO, ITEMS, CONCURRENCY = 0.5, 20, 4


def write_stock_task(folder: Path, data: Path) -> None:
    """Write lm-eval's own GSM8K task over the local file, as its users do: a YAML that includes the built-in one."""
    task = {
        "include": str(get_builtin_tasks() / "gsm8k" / "gsm8k-cot-zeroshot.yaml"),
        "task": "local_sums", "dataset_path": "json", "dataset_name": None, "training_split": None,
        "fewshot_split": None, "dataset_kwargs": {"data_files": {"test": str(data)}},
    }  # fmt: skip
    folder.mkdir()
    (folder / "local_sums.yaml").write_text(yaml.safe_dump(task), encoding="utf-8")


def time_process(command: list[str], environment: dict[str, str]) -> float:
    """Return the seconds from start to exit. Raises CalledProcessError where it fails."""
    started = time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> int:
    """Print both times and their ratio; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as scratch, serve_sums() as server:
        folder = Path(scratch)
        data = write_sums(folder / "datasets", ITEMS)
        overlay = lay_overlay(folder / "overlay", server.base_url)
        write_stock_task(folder / "stock", data / "gsm8k" / "test.jsonl")
        model = {"model": "one", "base_url": f"{server.base_url}/chat/completions", "num_concurrent": CONCURRENCY}
        stock = [
            str(Path(sys.executable).with_name("lm-eval")), "run", "--model", "local-chat-completions",
            "--model_args", json.dumps(model), "--include_path", str(folder / "stock"), "--tasks", "local_sums",
            "--apply_chat_template", "--output_path", str(folder / "results"), "--log_samples",
        ]  # fmt: skip
        ours = [sys.executable, "-m", "modelgap", "collect", "--endpoint", "one"]
        settings = {"MODELGAP_HOME": str(folder / "home"), "MODELGAP_REGISTRY": str(overlay),
                    "MODELGAP_DATASETS": str(data), "HF_HOME": str(folder / "hub")}  # fmt: skip
        times = [(time_process(ours, settings), time_process(stock, settings)) for _ in range(turns)]
        asked = len(server.requests)
    assert asked == 2 * turns * ITEMS, f"both must ask every item once; got {asked} requests"
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"modelgap collect  {mine:.2f} s   {' '.join(f'{own:.2f}' for own, _ in times)}")
    print(f"lm-eval run       {theirs:.2f} s   {' '.join(f'{other:.2f}' for _, other in times)}")
    print(f"ratio             {mine / theirs:.2f} (at most {MOST_RATIO})")
    return 0 if mine / theirs <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
