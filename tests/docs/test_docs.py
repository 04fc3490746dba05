"""The documentation says what the program does: every command, every option, every link."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ROOT / "docs" / "commands.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(
    r"^(?P<fence>```+|~~~+)(?P<kind>[^\n]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|a)\b[^>]*?(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.MULTILINE)


def group() -> click.Group:
    from shatterbelt.cli import main

    assert isinstance(main, click.Group)
    return main


def walk(
    command: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, the group itself first."""
    yield words, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            if not child.hidden:
                yield from walk(child, (*words, name))


def options(command: click.Command) -> set[str]:
    """The long names of a command's options, without --help, which every command has."""
    return {
        name
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("--")
    } - {"--help"}


def prose(text: str) -> str:
    """A page without its fenced blocks and code spans, in which nothing is a link."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def sections(text: str) -> dict[str, str]:
    """What stands under each heading, down to the next of its level or above; headings without marks."""
    bare = FENCE.sub(lambda fence: re.sub(r"^#", " ", fence[0], flags=re.MULTILINE), text)
    heads = list(HEADING.finditer(bare))
    found = {}
    for place, head in enumerate(heads):
        after = (later.start() for later in heads[place + 1 :] if len(later[1]) <= len(head[1]))
        found[head[2].replace("`", "")] = bare[head.end() : next(after, len(bare))]
    return found


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings make."""
    titles = (head[2].replace("`", "").lower() for head in HEADING.finditer(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def console_lines() -> Iterator[tuple[str, str]]:
    """Each call of the program in a console block, with the page that it stands in."""
    for page in PAGES:
        for fence in FENCE.finditer(page.read_text(encoding="utf-8")):
            if fence["kind"].strip() == "console":
                for line in fence["body"].replace("\\\n", " ").splitlines():
                    if line.startswith("$ shatterbelt"):
                        yield str(page.relative_to(ROOT)), line.removeprefix("$ ")


def fault_of(call: str) -> str | None:
    """What is wrong with a call: a command or an option that there is not."""
    words = shlex.split(re.split(r"\s[|>&]", call)[0], comments=True)[1:]
    command: click.Command = group()
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return f"no command {words[0]}"
        command = command.commands[words.pop(0)]
    known = options(command) | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {unknown[0]}" if unknown else None


def test_every_command_has_its_section():
    titles = sections(COMMANDS.read_text(encoding="utf-8"))
    names = [" ".join(("shatterbelt", *words)) for words, _ in walk(group()) if words]
    assert names
    assert [name for name in names if name not in titles] == []


def test_every_option_stands_in_its_commands_section():
    text = COMMANDS.read_text(encoding="utf-8")
    titles = sections(text)
    missing = []
    for words, command in walk(group()):
        section = titles.get(" ".join(("shatterbelt", *words)), "") if words else text
        missing += [
            " ".join(("shatterbelt", *words, option))
            for option in sorted(options(command))
            if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section)
        ]
    assert missing == []


def test_every_command_helps_with_an_example():
    silent = [
        " ".join(words)
        for words, command in walk(group())
        if words
        and not isinstance(command, click.Group)
        and "shatterbelt " not in ((command.help or "") + (command.epilog or ""))
    ]
    assert silent == []


def test_every_call_in_a_console_block_names_what_there_is():
    calls = list(console_lines())
    assert calls, "no page shows a call in a console block"
    wrong = [f"{page}: {call}: {fault}" for page, call in calls if (fault := fault_of(call))]
    assert wrong == []


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path):
    found = (match[1] or match[2] for match in LINK.finditer(prose(page.read_text(encoding="utf-8"))))
    relative = [link for link in found if not re.match(r"[a-z][a-z0-9+.-]*:", link)]
    assert [link for link in relative if not leads_somewhere(page, link)] == []
