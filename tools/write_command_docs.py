"""Write the help texts of every command into docs/commands.md, or, with --check, say whether they are there.

Between the two marks of that page stands what ``shatterbelt COMMAND --help`` prints, so the page cannot
drift from the program. Everything outside the marks is written by hand and left alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shatterbelt.cli import main as program

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
BEGIN = "<!-- written by tools/write_command_docs.py: begin -->"
END = "<!-- written by tools/write_command_docs.py: end -->"
WIDTH = 92


def help_of(command: click.Command, name: str, parent: click.Context | None = None) -> str:
    """Return the help text of a command as a terminal of ``WIDTH`` columns shows it."""
    return command.get_help(_context(command, name, parent))


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    return click.Context(command, info_name=name, parent=parent, **settings)


def generated() -> str:
    """Return the part of the page between the marks: one section for each command."""
    root = _context(program, "shatterbelt")
    sections = [f"## shatterbelt\n\n```text\n{help_of(program, 'shatterbelt')}\n```\n"]
    for name in sorted(program.commands):
        text = help_of(program.commands[name], name, root)
        sections.append(f"## shatterbelt {name}\n\n```text\n{text}\n```\n")
    return "\n".join(sections)


def renewed(page: str) -> str:
    """Return the page with its generated part as it should be.

    Raises:
        ValueError: the page lacks the marks.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE}: the marks are missing; they are\n{BEGIN}\n{END}")
    return f"{head}{BEGIN}\n\n{generated()}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Write the page; with ``--check`` only compare, and return 1 if it is out of date."""
    page = PAGE.read_text(encoding="utf-8")
    new = renewed(page)
    if "--check" in arguments:
        if new != page:
            sys.stderr.write(f"{PAGE.name} is out of date; run: python tools/write_command_docs.py\n")
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
