"""Serve one baseline until interrupted: `python -m collectors.embedded chance --port 8001`."""

import signal
from typing import Annotated

import typer

from collectors.embedded.server import KINDS, start_embedded


def serve(
    kind: Annotated[str, typer.Argument(help=f"Which baseline: {', '.join(KINDS)}.")],
    port: Annotated[int, typer.Option(help="The port on loopback; 0 takes a free one.")] = 0,
) -> None:
    """Serve a baseline on loopback, OpenAI-compatible, until interrupted."""
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    with start_embedded(kind, port) as base_url:
        typer.echo(f"baseline/{kind} at {base_url} (Ctrl+C stops it)")
        signal.sigwait(stops)


if __name__ == "__main__":
    typer.run(serve)
