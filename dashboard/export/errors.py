"""The one error of exports: what was asked for cannot be made, and what would help."""

from collectors.errors import ModelgapError


class ExportError(ModelgapError):
    """A chart, format or choice that does not exist, or a font that this machine lacks."""
