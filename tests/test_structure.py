"""What holds the tree together: who may import whom, sizes, and what must not stand in a file."""

import ast
import graphlib
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
PACKAGE = SRC / "shatterbelt"

# Imports run from right to left only: a room knows those before it, and nothing of those after it.
ROOMS = (
    "errors",
    "documents",
    "statements",
    "reading",
    "record",
    "case",
    "model",
    "futures",
    "inference",
    "explore",
    "report",
    "workbench",
    "api",
    "cli",
    "__main__",
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|crates\.io|debian\.org/debian|proxy\.golang\.org",
    re.IGNORECASE,
)
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(?:work|tmp|root|home|opt|Users|var/folders)/")


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name; a package by its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def named(source: str, name: str) -> str:
    """The module that `from source import name` reaches for; the package's lazy names stand in `api`."""
    if source == "shatterbelt" and name in {"load", "resolve"}:
        return "shatterbelt.api"
    return f"{source}.{name}" if f"{source}.{name}" in MODULES else source


def imports(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """The package's own modules that a module imports, anywhere in it, with the line."""
    base = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = base[: len(base) - node.level + 1] if node.level else []
            source = ".".join([*up, *([node.module] if node.module else [])])
            targets = [named(source, alias.name) for alias in node.names]
        else:
            continue
        for target in targets:
            if target.split(".")[0] == "shatterbelt":
                yield target, node.lineno


def room(module: str) -> str | None:
    """The room that a module stands in; none for the package itself, whose names are lazy."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def files_of_the_tree() -> list[Path]:
    """What git tracks, and what it would track."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """The lines of the tree's text files that a pattern matches, as file:line."""
    found = []
    for path in files_of_the_tree():
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {match[0]}")
    return found


def test_every_module_stands_in_a_room():
    assert sorted({room(name) for name in MODULES if room(name)} - set(ROOMS)) == []


def test_a_room_imports_only_rooms_to_its_left():
    wrong = []
    for name, path in MODULES.items():
        here = room(name)
        if here not in ROOMS:
            continue
        for target, line in imports(name, path):
            there = room(target)
            if there in ROOMS and ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"{path.relative_to(ROOT)}:{line} {here} imports {there}")
    assert wrong == []


def test_no_module_imports_itself_by_way_of_others():
    graph = {
        name: {target for target, _ in imports(name, path)} - {"shatterbelt", name}
        for name, path in MODULES.items()
        if name != "shatterbelt"
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as fault:
        pytest.fail(" <- ".join(fault.args[1]))


def test_the_package_and_the_command_line_load_without_jax():
    code = "import sys, shatterbelt, shatterbelt.cli; print('jax' in sys.modules, 'xarray' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_no_file_is_longer_than_it_can_be_read():
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES.values()}
    assert [f"{path.relative_to(ROOT)}: {size}" for path, size in sizes.items() if size > LONGEST_FILE] == []


def test_no_function_is_longer_than_a_screen():
    long = []
    for path in MODULES.values():
        for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            size = function.end_lineno - function.lineno + 1
            if size > LONGEST_FUNCTION:
                long.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {size}")
    assert long == []


def test_no_file_names_the_host_of_a_registry():
    assert lines_with(REGISTRY) == []


def test_no_file_holds_a_path_of_somebodys_machine():
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("lock", ["run", "dev", "bench"])
def test_every_locked_file_has_a_hash(lock: str):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    assert [line for line in text.splitlines() if line and "--hash=sha256:" not in line] == []


def test_the_locks_agree_on_every_version():
    versions: dict[str, set[str]] = {}
    for lock in ("run", "dev", "bench"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The names in the source archive, and in the wheel that is made from what the archive holds."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run([*build, "--target", "sdist"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
        # Python 3.11 has the filter from 3.11.4 on, 3.12 warns without it.
        archive.extractall(
            folder / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
        )
    unpacked = next((folder / "unpacked").iterdir())
    subprocess.run([*build, "--target", "wheel"], cwd=unpacked, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return source, set(wheel.namelist())


def test_the_wheel_carries_every_file_of_the_package(built: tuple[set[str], set[str]]):
    _, wheel = built
    ours = {path.relative_to(SRC).as_posix() for path in files_of_the_tree() if path.is_relative_to(PACKAGE)}
    assert sorted(ours - wheel) == []


@pytest.mark.parametrize("folder", ["cases/belarus/", "report/assets/", "report/templates/"])
def test_cases_and_assets_are_in_both_archives(built: tuple[set[str], set[str]], folder: str):
    source, wheel = built
    assert any(name.startswith(f"src/shatterbelt/{folder}") for name in source)
    assert any(name.startswith(f"shatterbelt/{folder}") for name in wheel)
