"""The command line's part that brings evidence in: endpoints, models, collecting, importing."""

import typer

from collectors.commands import collect, imports, probing, registry


def mount(app: typer.Typer) -> None:
    """Add the commands of this package to `app`."""
    for module in (registry, collect, imports):
        module.mount(app)
    probing.mount(registry.endpoints_app)
