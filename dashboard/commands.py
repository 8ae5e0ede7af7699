"""The command `modelgap dashboard`: replaces this process by a Streamlit server with the settings that were measured.

Before: nothing but the data directory, passed on through the environment. After: `dashboard/serve.py`, served.
"""

import os
import sys
from pathlib import Path

import typer

from dashboard import export_commands
from dashboard.theme import DARK, FONT, LIGHT

APP = Path(__file__).with_name("serve.py")
LOOPBACK = "127.0.0.1"

SETTINGS: dict[str, str] = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.enableStaticServing": "false",
    "browser.gatherUsageStats": "false",
    # A collection after every script run costs 60 ms of CPU a rerun and brings 50 sessions to their knees.
    "runner.postScriptGC": "false",
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    # Streamlit's own CSV of a table lacks definition, date and snapshot, and leaves formulas live.
    "client.disableDataExport": "true",
    # No theme.base: the reader's system chooses between light and dark.
    "theme.font": FONT,
    "theme.light.primaryColor": "#0072B2",
    "theme.light.backgroundColor": LIGHT.background,
    "theme.light.secondaryBackgroundColor": "#f6f6f4",
    "theme.light.textColor": LIGHT.ink,
    # Code inside captions, which Streamlit fades, is too pale in its own green.
    "theme.light.codeTextColor": LIGHT.ink,
    "theme.dark.primaryColor": "#56B4E9",
    "theme.dark.backgroundColor": DARK.background,
    "theme.dark.secondaryBackgroundColor": "#24221f",
    "theme.dark.textColor": DARK.ink,
    "theme.dark.codeTextColor": DARK.ink,
    "theme.paddingTop": "0.5rem",
    "theme.paddingBottom": "1rem",
    "theme.baseRadius": "small",
}


def mount(app: typer.Typer) -> None:
    """Add the dashboard's commands to `app`: serving, and files made without it."""
    app.command("dashboard")(serve)
    export_commands.mount(app)


def serve(
    port: int = typer.Option(8501, "--port", min=1, max=65535, help="The port to serve on."),
    address: str = typer.Option(LOOPBACK, "--address", help="The address to bind; loopback unless you mean otherwise."),
    hosts: list[str] = typer.Option([], "--host", help="A host name that readers use; others are refused. Repeatable."),
) -> None:
    """Serve the dashboard on the published snapshot, until stopped."""
    typer.echo(
        f"Dashboard on http://{'localhost' if address == LOOPBACK else address}:{port} (Ctrl-C stops it)", err=True
    )
    if "MODELGAP_URL" not in os.environ and (port != 8501 or hosts or address != LOOPBACK):
        typer.echo("Exports name http://localhost:8501. Set MODELGAP_URL to the address that readers use.", err=True)
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *build_arguments(port, address, hosts)])


def build_arguments(port: int, address: str = LOOPBACK, hosts: list[str] | None = None) -> list[str]:
    """Return the interpreter's arguments that serve the app on `port` of `address`.

    Only requests for `hosts` (and for loopback where that is what we bind) open a session, so that a foreign page
    cannot reach the app by a name of its own that resolves to us.
    """
    allowed = [*(hosts or []), *(["localhost", LOOPBACK] if address == LOOPBACK else [])]
    options = SETTINGS | {"server.port": str(port), "server.address": address}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return ["-m", "streamlit", "run", str(APP), *flags, *(f"--server.allowedHosts={host}" for host in allowed)]
