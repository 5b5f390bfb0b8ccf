"""Makes a release: sdist and wheel, lists of parts (CycloneDX), digests, and a signature over them; and verifies one.

    python tools/release.py new-key KEY              # prints the verifier line to publish
    python tools/release.py make OUT --key KEY       # what `make release` does
    python tools/release.py verify OUT --line LINE   # for whoever installs it: needs this file, cryptography and the line

The digests stand in a C2SP signed note under an Ed25519 key; the same commit gives the same bytes (SOURCE_DATE_EPOCH is its date).
It shares no code with the product, so that a release can be verified before anything of it runs.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ROOT = Path(__file__).resolve().parent.parent
NAME = "tocsin-release"
SIGNED = "SHA256SUMS.signed"
PARTS = ("parts-python.cdx.json", "parts-console.cdx.json")


def main(words: list[str]) -> int:
    """Do what was asked; 0 done, 1 not what was signed, 2 could not be done."""
    top = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    actions = top.add_subparsers(required=True, dest="action")
    new = actions.add_parser("new-key")
    new.add_argument("key", type=Path)
    make = actions.add_parser("make")
    make.add_argument("out", type=Path)
    make.add_argument("--key", type=Path, required=True)
    check = actions.add_parser("verify")
    check.add_argument("out", type=Path)
    check.add_argument("--line", required=True)
    said = top.parse_args(words)
    if said.action == "new-key":
        return new_key(said.key)
    if said.action == "make":
        return release(said.out, said.key)
    return verify(said.out, said.line)


def new_key(path: Path) -> int:
    """A new signing key in a file that only its owner reads; an old one is never written over."""
    key = Ed25519PrivateKey.generate()
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    print(line_of(key.public_key()))
    return 0


def release(out: Path, key_file: Path) -> int:
    """Build everything into an empty folder and sign its digests."""
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        return _no(f"{key_file} is not an Ed25519 key")
    if out.exists() and any(out.iterdir()):
        return _no(f"{out} is not empty")
    dirty = _git("status", "--porcelain", "--untracked-files=no")
    if dirty:
        return _no(f"there are changes that are not committed: {dirty.splitlines()[0]}")
    if not (ROOT / "tests" / "golden" / version() / "expected.json").exists():
        return _no(f"there are no golden records of {version()}: python -m tests.golden")
    out.mkdir(parents=True, exist_ok=True)
    date = int(_git("log", "-1", "--format=%ct"))
    uv = str(ROOT / ".tools" / "bin" / "uv")
    subprocess.run([uv, "build", "--quiet", "--out-dir", str(out), str(ROOT)], check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(date)})
    (out / ".gitignore").unlink(missing_ok=True)
    python = subprocess.run([uv, "export", "--quiet", "--locked", "--no-dev", "--format", "cyclonedx1.5"], cwd=ROOT, capture_output=True, check=True).stdout
    npm = shutil.which("npm") or "npm"
    console = subprocess.run([npm, "sbom", "--sbom-format=cyclonedx", "--package-lock-only"], cwd=ROOT / "console", capture_output=True, check=True).stdout
    for name, said in zip(PARTS, (python, console), strict=True):
        (out / name).write_text(json.dumps(settled(json.loads(said), date), indent=1, sort_keys=True) + "\n")
    commit = _git("rev-parse", "HEAD")
    text = f"{NAME} {version()}\ncommit {commit}\n{sums(out)}"
    (out / SIGNED).write_text(f"{text}\n{_signature(text, key)}")
    print(text, end="")
    return 0


def settled(parts: dict[str, Any], date: int) -> dict[str, Any]:
    """A list of parts without what differs each time it is made: its serial number, and the time it was made at."""
    parts.pop("serialNumber", None)
    parts.setdefault("metadata", {})["timestamp"] = datetime.fromtimestamp(date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return parts


def verify(out: Path, line: str) -> int:
    """Whether a folder holds exactly what was signed by the key of this line."""
    try:
        key = key_of(line)
        text, _, signature = (out / SIGNED).read_text().partition("\n\n")
        text += "\n"
        raw = base64.b64decode(signature.strip().removeprefix(f"\u2014 {NAME} "), validate=True)
        if raw[:4] != _key_id(key):
            return _wrong("it was signed by another key")
        key.verify(raw[4:], text.encode())
    except (OSError, ValueError, InvalidSignature):
        return _wrong("there is no signature of this key over it")
    told = re.findall(r"^([0-9a-f]{64})  (.+)$", text, re.MULTILINE)
    if sums(out) != "".join(f"{digest}  {name}\n" for digest, name in told):
        differs = sorted(set(sums(out).splitlines()) ^ {f"{digest}  {name}" for digest, name in told})
        return _wrong(f"not what was signed: {differs[0].partition('  ')[2]}")
    print(f"sound: {len(told)} files of {text.splitlines()[0]}, {text.splitlines()[1]}")
    return 0


def sums(out: Path) -> str:
    """The digests of all files but the signed list, in order of their names."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(out.iterdir()) if path.name != SIGNED)


def version() -> str:
    """The version that the project says it has."""
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def line_of(key: Ed25519PublicKey) -> str:
    """The verifier line: name, key id and key, as C2SP signed-note has it."""
    return f"{NAME}+{_key_id(key).hex()}+{base64.b64encode(bytes([1]) + key.public_bytes_raw()).decode()}"


def key_of(line: str) -> Ed25519PublicKey:
    """The key of a verifier line; ValueError where it is none of ours."""
    name, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = base64.b64decode(encoded, validate=True)
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    if name != NAME or raw[:1] != bytes([1]) or _key_id(key).hex() != key_id:
        raise ValueError("no verifier line of a release")
    return key


def _signature(text: str, key: Ed25519PrivateKey) -> str:
    return f"\u2014 {NAME} {base64.b64encode(_key_id(key.public_key()) + key.sign(text.encode())).decode()}\n"


def _key_id(key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(NAME.encode() + b"\n\1" + key.public_bytes_raw()).digest()[:4]


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _no(sentence: str) -> int:
    print(f"release: {sentence}", file=sys.stderr)
    return 2


def _wrong(sentence: str) -> int:
    print(f"NOT SOUND: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
