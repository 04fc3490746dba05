"""Fetch the browser bundles that the report carries, or check the ones that are there.

    python tools/vendor_assets.py            fetch again, and fail if any file differs from VERSIONS.md
    python tools/vendor_assets.py --offline  only compare the files here with VERSIONS.md
    python tools/vendor_assets.py --write    fetch what BUNDLES names and write it, with VERSIONS.md

To take a newer version: change it in BUNDLES, run with --write, run the browser tests, look at the report.
Needs npm (as a client only: nothing that a package carries is run).
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "src" / "shatterbelt" / "report" / "assets"
LICENCES = "licenses"


def _as_published(source: str) -> str:
    return source


def _as_global(source: str) -> str:
    """Turn vega-interpreter, published as a module only, into a script that adds to the global `vega`.

    A page under a strict content policy cannot import modules. Vega looks for
    `vega.expressionInterpreter` by itself once it is there.
    """
    imports = re.compile(r"^import \{([^}]*)\} from 'vega-util';\n", re.MULTILINE)
    exports = re.compile(r"^export \{ expression as expressionInterpreter \};\n", re.MULTILINE)
    body, imported = imports.subn(r"const {\1} = vega;\n", source)
    body, exported = exports.subn("vega.expressionInterpreter = expression;\n", body)
    if (imported, exported) != (1, 1):
        raise SystemExit("vega-interpreter: its import or export line has changed; mend _as_global")
    return f"(function (vega) {{\n'use strict';\n{body}}})(globalThis.vega);\n"


@dataclass(frozen=True)
class Bundle:
    """One npm package, and the one file of it that is taken."""

    package: str
    version: str
    licence: str
    path: str
    name: str
    change: Callable[[str], str] = _as_published


BUNDLES = (
    Bundle("vega", "6.4.0", "BSD-3-Clause", "build/vega.min.js", "vega.min.js"),
    Bundle("vega-lite", "6.5.0", "BSD-3-Clause", "build/vega-lite.min.js", "vega-lite.min.js"),
    Bundle(
        "vega-interpreter",
        "2.3.2",
        "BSD-3-Clause",
        "build/vega-interpreter.js",
        "vega-interpreter.js",
        _as_global,
    ),
    Bundle("cytoscape", "3.34.4", "MIT", "dist/cytoscape.min.js", "cytoscape.min.js"),
    Bundle("cytoscape-dagre", "4.0.1", "MIT", "dist/cytoscape-dagre.min.js", "cytoscape-dagre.min.js"),
)

# Built into the bundles above by their makers; their licences ask to be passed on.
INSIDE = (
    ("d3-array", "3.2.5"),
    ("topojson-client", "3.1.0"),
    ("delaunator", "5.1.0"),
    ("robust-predicates", "3.0.3"),
    ("fast-json-patch", "3.1.1"),
    ("json-stringify-pretty-compact", "4.0.0"),
    ("semver", "7.8.6"),
    ("vega-schema-url-parser", "3.0.2"),
    ("vega-themes", "3.0.0"),
    ("vega-tooltip", "1.1.0"),
    ("@dagrejs/dagre", "3.1.3"),
    ("@dagrejs/graphlib", "4.0.6"),
    ("heap", "0.2.7"),
    ("lodash", "4.18.1"),
)


def fetch(package: str, version: str, into: Path) -> dict[str, str]:
    """Return the text files of a published package, by their path inside it."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), f"{package}@{version}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    archive = into / done.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as tar:
        files = {}
        for member in tar.getmembers():
            path = member.name.partition("/")[2]
            handle = tar.extractfile(member) if member.isfile() else None
            if handle and (path.endswith(".js") or "licen" in path.lower()):
                files[path] = handle.read().decode("utf-8")
    return files


def licence_of(package: str, files: dict[str, str]) -> str:
    """Return the licence text at the top of a package, which every one of ours has to carry."""
    for path, text in files.items():
        if "/" not in path and path.lower().startswith("licen"):
            return text.replace("\r\n", "\n").rstrip() + "\n"
    raise SystemExit(f"{package}: no licence file in the package")


def bundle_text(bundle: Bundle, published: str) -> str:
    """Return the file as it is stored: no pointer to a source map, nothing that ends an inline script."""
    text = bundle.change(re.sub(r"\n?//# sourceMappingURL=.*\s*$", "\n", published))
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        raise SystemExit(f"{bundle.package}: holds '</script' or '<!--' and cannot stand inline in a page")
    return text


def gather() -> dict[str, str]:
    """Fetch everything; return the texts to store by their path under the assets folder."""
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        for bundle in BUNDLES:
            files = fetch(bundle.package, bundle.version, into)
            texts[bundle.name] = bundle_text(bundle, files[bundle.path])
            texts[f"{LICENCES}/{bundle.package}.txt"] = licence_of(bundle.package, files)
        parts = [
            f"{package} {version}\n{'-' * 72}\n{licence_of(package, fetch(package, version, into))}"
            for package, version in INSIDE
        ]
    texts[f"{LICENCES}/inside-the-bundles.txt"] = "\n\n".join(parts)
    return texts


def digest(text: str) -> str:
    """Return the SHA-256 of a text as it is stored."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def versions_md(texts: dict[str, str]) -> str:
    """Return the table of what is vendored, the one record that the check goes by."""
    lines = [
        "# Browser bundles in this folder",
        "",
        "Taken from the npm packages by `tools/vendor_assets.py`, which also checks them against this table.",
        "Changes: pointers to source maps are left out; vega-interpreter is wrapped to work without modules.",
        "Licences stand in `licenses/`, also those of what is built into the bundles.",
        "",
        "| file | package | version | licence | bytes | SHA-256 |",
        "| --- | --- | --- | --- | ---: | --- |",
    ]
    for bundle in BUNDLES:
        text = texts[bundle.name]
        size = len(text.encode("utf-8"))
        lines.append(
            f"| {bundle.name} | {bundle.package} | {bundle.version} | {bundle.licence} "
            f"| {size} | `{digest(text)}` |"
        )
    return "\n".join(lines) + "\n"


def differing(texts: dict[str, str]) -> list[str]:
    """Return the paths whose stored text is missing or another one."""
    found = []
    for path, text in texts.items():
        stored = ASSETS / path
        if not stored.is_file() or stored.read_bytes() != text.encode("utf-8"):
            found.append(path)
    return found


def recorded() -> dict[str, str]:
    """Return the SHA-256 of each bundle as VERSIONS.md has it."""
    table = (ASSETS / "VERSIONS.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| (\S+\.js) \|.*`([0-9a-f]{64})` \|$", table, re.MULTILINE))


def offline() -> list[str]:
    """Return the bundles here that VERSIONS.md does not vouch for, or that are missing."""
    table = recorded()
    here = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ASSETS.glob("*.min.js")}
    here |= {
        name: hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
        for name in table
        if (ASSETS / name).is_file()
    }
    return sorted(name for name in here.keys() | table.keys() if here.get(name) != table.get(name))


def main() -> int:
    """Do what the command line asks; return 1 if a file differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--offline", action="store_true", help="compare with VERSIONS.md, fetch nothing")
    choice.add_argument("--write", action="store_true", help="write what was fetched")
    asked = parser.parse_args()
    if asked.offline:
        wrong = offline()
    else:
        texts = gather()
        texts["VERSIONS.md"] = versions_md(texts)
        if asked.write:
            for path, text in texts.items():
                (ASSETS / path).parent.mkdir(parents=True, exist_ok=True)
                (ASSETS / path).write_bytes(text.encode("utf-8"))
        wrong = differing(texts)
    for path in wrong:
        print(f"differs: {path}", file=sys.stderr)
    if not wrong:
        print(f"{len(BUNDLES)} bundles as VERSIONS.md has them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
