"""Imports lm-eval once, then forks a real worker for each call log named on standard input; prints its pid, its code.

A worker of its own would import lm-eval for seconds, eleven times in one test.
"""

import os
import sys

import lm_eval  # noqa: F401

import collectors.evaluating  # noqa: F401
from collectors import worker
from collectors.endpoint_lm import caller

QUICK = caller.RetryPolicy(most_attempts=3, first_wait_s=0.001, longest_wait_s=0.002)


def main() -> None:
    caller.RetryPolicy = lambda: QUICK
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.argv = ["worker", line.strip()]
            # The worker takes standard output for its events; here that is the wire to the test.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(worker.main())
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
