"""How close the endpoint LM comes to the ideal time for its calls; prints one line of figures and their ratio.

1,319 requests (the size of GSM8K's test set) at concurrency 64 against a loopback server of 200 ms latency, which runs
in a process of its own. Ideal: ceil(requests / concurrency) * latency. Exits 1 above the ratio that we aim at.
"""

import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lm_eval.api.instance import Instance

from collectors.call_log import CallLog
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.lm import EndpointLM

REQUESTS, CONCURRENCY, LATENCY_S = 1319, 64, 0.2
HIGHEST_RATIO = 1.3
SERVER = Path(__file__).parents[1] / "tests" / "faulty_server.py"


def measure(base_url: str) -> float:
    """Return the seconds that all requests took, call log included."""
    endpoint = Endpoint(
        id="bench",
        model="bench/bench",
        api="openai-chat",
        base_url=base_url,
        served_model="bench",
        max_concurrency=CONCURRENCY,
    )
    prompt = "A farmer has seventeen sheep and buys twenty-five more at three coins each. " * 8
    requests = [
        Instance("generate_until", {}, (f"{number}: {prompt}", {"until": ["\n\n"]}), 0, ("gsm8k", number, 1))
        for number in range(REQUESTS)
    ]
    with tempfile.TemporaryDirectory() as folder, CallLog(Path(folder) / "calls.sqlite") as log:
        model = EndpointLM(endpoint, log, max_tokens={"gsm8k": 512})
        began = time.perf_counter()
        answers = model.generate_until(requests)
        took = time.perf_counter() - began
        assert answers == ["42"] * REQUESTS, "the server's answers did not arrive"
        assert log.outcome_counts() == {"ok": REQUESTS}, log.outcome_counts()
    return took


def main() -> int:
    """Run the server and the requests; return the exit code."""
    ideal = math.ceil(REQUESTS / CONCURRENCY) * LATENCY_S
    server = subprocess.Popen([sys.executable, SERVER, "--latency", str(LATENCY_S)], stdout=subprocess.PIPE, text=True)
    try:
        took = measure(server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait()
    ratio = took / ideal
    print(
        f"transport: {REQUESTS} requests, concurrency {CONCURRENCY}, {LATENCY_S * 1000:g} ms: "
        f"{took:.2f} s, ideal {ideal:.2f} s, ratio {ratio:.2f} (aim: at most {HIGHEST_RATIO})"
    )
    return 0 if ratio <= HIGHEST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
