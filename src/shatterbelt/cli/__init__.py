"""The command line: parse, call ``shatterbelt.api``, show. Nothing heavy is imported before it is needed."""

from shatterbelt.cli.commands import main

__all__ = ["main"]
