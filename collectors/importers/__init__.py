"""Bring outside publications in: one module an importer, each with `collect` and `parse`; see docs/importing.md."""
