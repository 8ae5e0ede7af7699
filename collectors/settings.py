"""Where this installation keeps its data and finds its registry: the command line sets both through the environment."""

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HOME_VARIABLE = "MODELGAP_HOME"
REGISTRY_VARIABLE = "MODELGAP_REGISTRY"
DATASETS_VARIABLE = "MODELGAP_DATASETS"


def get_home() -> Path:
    """Return the data directory, absolute; `$MODELGAP_HOME`, else `./data`. It may not exist yet."""
    return Path(os.environ.get(HOME_VARIABLE) or "data").absolute()


def get_overlays() -> list[Path]:
    """Return the registry overlays in the order given; later ones win. `$MODELGAP_REGISTRY`, separated as a PATH is."""
    return [Path(part) for part in os.environ.get(REGISTRY_VARIABLE, "").split(os.pathsep) if part]


def get_datasets() -> Path | None:
    """Return the directory of local benchmark copies, `$MODELGAP_DATASETS`, or None where data come from the hub."""
    value = os.environ.get(DATASETS_VARIABLE)
    return Path(value).absolute() if value else None


def get_version() -> str:
    """Return the installed version of modelgap."""
    try:
        return version("modelgap")
    except PackageNotFoundError:
        return "0+unknown"
