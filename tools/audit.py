"""Holds the locked packages against published advisories. What could not be asked is said by name; it is never taken for sound.

Exit status: 0 nothing known against any package, or not asked (said in words); 1 an advisory stands against one.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WAIT_S = 240


def main() -> int:
    """Ask for both halves, Python's and the console's."""
    return max(python(), console())


def python() -> int:
    """pip-audit over the lock file, without installing anything."""
    uv, audit = ROOT / ".tools" / "bin" / "uv", Path(sys.executable).with_name("pip-audit")
    wanted = subprocess.run([str(uv), "export", "--quiet", "--locked", "--no-emit-project", "--format", "requirements.txt"], cwd=ROOT, capture_output=True, check=True).stdout
    listed = ROOT / ".tools" / "audited.txt"
    listed.write_bytes(wanted)
    try:
        said = subprocess.run([str(audit), "--requirement", str(listed), "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"],
                              capture_output=True, text=True, timeout=WAIT_S)
        parts = json.loads(said.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return _not_asked("Python packages", "the advisory service did not answer")
    skipped = [part["name"] for part in parts if "skip_reason" in part]
    found = [(part["name"], part["version"], vulnerable["id"]) for part in parts for vulnerable in part.get("vulns", ())]
    for name, version, number in found:
        print(f"audit: {name} {version}: {number}")
    if skipped:
        _not_asked(f"{len(skipped)} of {len(parts)} Python packages", "the advisory service does not know them, or was not reached")
    if len(skipped) < len(parts):
        print(f"audit: {len(parts) - len(skipped)} Python packages asked for, {len(found)} advisories")
    return 1 if found else 0


def console() -> int:
    """npm's own audit of the console's lock file."""
    npm = shutil.which("npm")
    if npm is None:
        return _not_asked("console packages", "there is no npm here")
    try:
        said = subprocess.run([npm, "audit", "--json", "--package-lock-only"], cwd=ROOT / "console", capture_output=True, text=True, timeout=WAIT_S)
        counted = json.loads(said.stdout)["metadata"]["vulnerabilities"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return _not_asked("console packages", "the advisory service did not answer")
    print(f"audit: console packages asked for, {counted['total']} advisories ({counted['high'] + counted['critical']} of them high)")
    return 1 if counted["high"] + counted["critical"] else 0


def _not_asked(what: str, why: str) -> int:
    print(f"audit: NOT AUDITED: {what}: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
