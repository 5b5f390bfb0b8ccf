"""The units and the Containerfile of deploy/: what they start can be said, systemd takes them, and what they copy is there."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shared import ROOT
from tocsin.cli import parser

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer"))
PROGRAM = "/opt/tocsin/bin/tocsin"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def test_there_are_the_units_that_an_operator_needs() -> None:
    assert {path.name for path in UNITS} == {"tocsin.service", "tocsin-backup.service", "tocsin-backup.timer", "tocsin-drill.service", "tocsin-drill.timer",
                                            "tocsin-observe.service", "tocsin-observe.timer"}


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_what_a_unit_starts_can_be_said_to_the_command_line(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    program, *words = shlex.split(re.sub(r"\$\{\w+\}", "/somewhere", line))
    assert program == PROGRAM
    assert parser().parse_args(words).act
    for wanted in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=\n", "ReadWritePaths=", "UMask=0077", "User=tocsin"):
        assert wanted in text, f"{unit.name} is without {wanted}"


def test_the_house_is_started_again_whatever_ended_it() -> None:
    text = (DEPLOY / "tocsin.service").read_text(encoding="utf-8")
    for wanted in ("Restart=always", "StartLimitIntervalSec=0", "LimitNOFILE=65536", "LimitCORE=0"):
        assert wanted in text, "a floor that stays down, or a core file with names in it"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, shutil.which("true") or "/bin/true"), encoding="utf-8")
    for unit in UNITS:
        said = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False)
        mine = [line for line in said.stderr.splitlines() if "tocsin" in line]
        assert said.returncode == 0 and not mine, said.stderr
    (tmp_path / "tocsin.service").write_text((tmp_path / "tocsin.service").read_text() + "[Service]\nRestrat=always\n")
    said = subprocess.run(["systemd-analyze", "verify", str(tmp_path / "tocsin.service")], capture_output=True, text=True, check=False)
    assert "Restrat" in said.stderr, "a mistake would have been said"


def test_the_containerfile_copies_what_is_there_and_runs_as_nobody_in_particular() -> None:
    steps = re.findall(r"^(FROM|COPY|USER|ENTRYPOINT|CMD|RUN)\s+(.*)$", CONTAINERFILE, re.MULTILINE)
    assert {rest.split()[0] for step, rest in steps if step == "FROM"} == {"docker.io/library/python:3.11-slim"}
    copied = [word for step, rest in steps if step == "COPY" and not rest.startswith("--from") for word in rest.split()[:-1]]
    assert copied and all((ROOT / name).exists() for name in copied), copied
    (user,) = [rest for step, rest in steps if step == "USER"]
    assert int(user.partition(":")[0]) > 0
    (words,) = [rest for step, rest in steps if step == "CMD"]
    assert parser().parse_args(re.findall(r'"([^"]+)"', words)).act
    pinned = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned and f"uv=={pinned[1]}" in CONTAINERFILE
    assert not re.search(r"apt|curl|wget|https?://|--index|--extra", "".join(rest for step, rest in steps if step == "RUN")), "nothing but the Python image and its packages"


def test_the_container_is_built_where_a_builder_and_the_python_image_are(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = next((name for name in ("podman", "buildah", "docker") if shutil.which(name)), None)
    if builder is None:
        pytest.skip("no podman, buildah or docker is on this machine")
    there = subprocess.run([builder, "inspect", "--type", "image", "docker.io/library/python:3.11-slim"], capture_output=True, check=False, timeout=30)
    if there.returncode:
        pytest.skip(f"{builder} does not run here, or has no python:3.11-slim; nothing is downloaded by a test")
    monkeypatch.setenv("BUILDAH_ISOLATION", "chroot")  # so that buildah, inside a container itself, needs no rights over control groups
    subprocess.run([builder, "build", "--network", "host", "-f", str(DEPLOY / "Containerfile"), "-t", "tocsin-test", str(ROOT)], check=True, timeout=560)
    run = [builder, "run", "--rm", "tocsin-test"]
    if builder == "buildah":
        container = subprocess.run([builder, "from", "localhost/tocsin-test"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
        run = [builder, "run", container, "--", "tocsin"]
    said = subprocess.run([*run, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.startswith("tocsin ")
