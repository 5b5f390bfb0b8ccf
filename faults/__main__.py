"""`make faults`: the whole list of faults under load, the independent look afterwards, and the figures. `--short` is what the tests run."""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from faults.database import answers, reachable_folder
from faults.run import Run

KILLS, FROZEN_S, CUT_S, JUMP_S = 100, 60.0, 15.0, 3_600


def wait(seconds: float) -> None:
    """Let the others work."""
    threading.Event().wait(seconds)


def kill_leader(run: Run, chance: random.Random) -> None:
    """The leader dies at a random moment, and is started again once another leads. Those who were killed before may still be on their way back;
    one other there is always."""
    leader = run.leader()
    run.work(lambda: any(node.answers(0.1) for node in run.nodes if node is not leader))
    wait(chance.random() * 0.8)
    leader.kill()
    run.work(lambda: run.leader() is not leader)
    run.revive()


def upgrade(run: Run) -> None:
    """One node after the other is stopped as an operator does and started with a newer version; meanwhile both stand side by side."""
    for node in run.nodes:
        run.all_answer()
        node.stop()
        node.version += 1
        node.start()


def freeze_leader(run: Run, seconds: float) -> None:
    """The leader does nothing for a while, its connections standing; then it wakes up and goes on where it was."""
    leader = run.leader()
    leader.freeze()
    run.work(lambda: run.leader() is not leader)
    wait(seconds)
    leader.thaw()
    run.work(lambda: run.leader() is not leader)


def cut_leader(run: Run, seconds: float) -> None:
    """The leader's lines, to the database and to the other nodes, are pulled; later they are mended."""
    leader = run.leader()
    leader.to_database.cut()
    leader.to_it.cut()
    wait(seconds)
    leader.to_database.mend()
    leader.to_it.mend()


def slow_lines(run: Run, seconds: float) -> None:
    """Every line to the database is slow."""
    for node in run.nodes:
        node.to_database.slow_s = 0.05
    wait(seconds)
    for node in run.nodes:
        node.to_database.slow_s = 0.0


def restart_database(run: Run) -> None:
    """The database dies and comes back."""
    run.database.restart()


def fail_over(run: Run) -> None:
    """The database dies for good; its standby takes over, and every line is led there."""
    run.database.fail_over()
    for node in run.nodes:
        node.to_database.lead_to(run.database.primary.port)
    answers(run.database.primary.address)
    run.database.follow()


def jump(run: Run, seconds: int) -> None:
    """The leader's clock jumps, and later jumps back."""
    leader = run.leader()
    leader.jump(seconds)
    wait(3.0)
    leader.jump(0)


def fill(disk: Path) -> None:
    """A disk is full for a while."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 20))
                file.flush()
        except OSError:
            pass
    wait(5.0)
    filler.unlink()


def fill_disk(run: Run, disk: Path) -> None:
    """The database's disk is full for a while."""
    fill(disk)
    try:
        answers(run.database.primary.address, 10.0)
    except Exception:  # noqa: BLE001 -- PostgreSQL gives itself up where it cannot write its log; an operator starts it again
        run.database.primary.start()


def refuse_syncs(pid: int) -> None:
    """For a while, whatever a process and those that come from it ask to be synced fails."""
    strace = subprocess.Popen(["strace", "-qq", "-f", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO", "-p", str(pid)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait(4.0)
    strace.send_signal(signal.SIGINT)
    strace.wait()


def fail_syncs(run: Run) -> None:
    """The database's disk refuses to sync: PostgreSQL gives itself up rather than pretend, and starts again."""
    refuse_syncs(run.database.primary.pid)
    try:
        answers(run.database.primary.address, 10.0)
    except Exception:  # noqa: BLE001 -- it ended: the operator starts it again
        run.database.primary.stop()
        run.database.primary.start()


def kill_house(run: Run, chance: random.Random) -> None:
    """The only house dies at a random moment under load, and is started again as its unit would."""
    wait(chance.random() * 0.8)
    run.leader().kill()
    run.revive()


def upgrade_house(run: Run) -> None:
    """It is stopped as an operator does, and started with a newer version."""
    house = run.leader()
    house.stop()
    house.version += 1
    house.start()


class Disk:
    """A small disk of its own for the records, where this machine lets us have one."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        self.there = not subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(self.folder)], capture_output=True).returncode

    def close(self) -> None:
        """Give it back."""
        if self.there:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


Plan = list[tuple[str, Callable[[], object]]]


def listed(run: Run, said: argparse.Namespace, chance: random.Random, disk: Disk, skipped: list[str]) -> Plan:
    """What is done to several nodes and their database, in order; what this machine does not allow is `skipped`."""
    if said.short:
        return [("leader killed", lambda: kill_leader(run, chance)), ("database restarted", lambda: restart_database(run)), ("database failed over", lambda: fail_over(run))]
    return [
        *(("leader killed", lambda: kill_leader(run, chance)) for _ in range(said.kills)),
        *(("database restarted", lambda: restart_database(run)) for _ in range(3)),
        ("upgraded, node by node", lambda: upgrade(run)), ("leader cut off", lambda: cut_leader(run, CUT_S)), ("lines slow", lambda: slow_lines(run, 10.0)),
        ("leader's clock an hour ahead", lambda: jump(run, JUMP_S)), ("leader's clock an hour back", lambda: jump(run, -JUMP_S)),
        ("leader frozen", lambda: freeze_leader(run, said.frozen_s)),
        *allowed(disk, skipped, lambda: fail_syncs(run), lambda: fill_disk(run, disk.folder)),
        *(("database failed over", lambda: fail_over(run)) for _ in range(2)),
    ]


def listed_alone(run: Run, said: argparse.Namespace, chance: random.Random, disk: Disk, skipped: list[str]) -> Plan:
    """What is done to one house on files of its own."""
    kills: Plan = [("house killed", lambda: kill_house(run, chance)) for _ in range(2 if said.short else said.kills)]
    if said.short:
        return kills
    return [
        *kills, ("house upgraded", lambda: upgrade_house(run)), ("clock an hour ahead", lambda: jump(run, JUMP_S)), ("clock an hour back", lambda: jump(run, -JUMP_S)),
        *allowed(disk, skipped, lambda: refuse_syncs(run.leader().pid), lambda: fill(disk.folder)),
        *(("house killed", lambda: kill_house(run, chance)) for _ in range(2)),  # what these left behind stands a kill too
    ]


def allowed(disk: Disk, skipped: list[str], syncs: Callable[[], object], full: Callable[[], object]) -> Plan:
    """What needs a program or a right that not every machine gives."""
    plan: Plan = []
    if shutil.which("strace"):
        plan.append(("syncs fail", syncs))
    else:
        skipped.append("syncs fail: there is no strace here")
    if disk.there:
        plan.append(("disk full", full))
    else:
        skipped.append("disk full: this machine gives us no disk of our own (mount)")
    return plan


def main() -> int:
    """Run, tell, and say whether all was as it should be."""
    words = argparse.ArgumentParser(prog="make faults")
    words.add_argument("--seed", type=int, default=20261129)
    words.add_argument("--kills", type=int, default=KILLS)
    words.add_argument("--frozen-s", type=float, default=FROZEN_S)
    words.add_argument("--store", choices=("postgresql", "sqlite"), default="postgresql", help="three nodes on a database, or one house alone on files of its own")
    words.add_argument("--short", action="store_true", help="one kill, one restart, one fail-over of the database, on two nodes; of a house alone, two kills: what the tests run")
    words.add_argument("--only", default="", help="only the faults whose names hold this")
    words.add_argument("--out", type=Path, default=Path("faults/out"))
    words.add_argument("--keep", action="store_true", help="leave the folder there")
    said = words.parse_args()
    folder, chance = reachable_folder(), random.Random(said.seed)
    disk = Disk(folder, 1_500 if said.store == "postgresql" else 400)
    skipped: list[str] = []
    size = {"nodes": 2, "callers": 4, "units": 8, "screens": 2} if said.short else {"nodes": 3, "callers": 8, "units": 12, "screens": 6}
    run = Run(folder, **size, seed=said.seed, disk=disk.folder if disk.there else None, store=said.store)
    plan = (listed if said.store == "postgresql" else listed_alone)(run, said, chance, disk, skipped)
    whole = False
    try:
        for number, (name, act) in enumerate(plan, 1):
            if said.only in name:
                run.do(name, act)
                print(f"{number:>4}/{len(plan)}  {name}: {run.told[-1][2] - run.told[-1][1]:.1f} s, {run.acknowledged:,} acknowledged so far", flush=True)
        found = run.finish()
        tell(run, found.counts, found.wrong, skipped, said.out)
        whole = True
        return bool(found.wrong)
    finally:
        if said.keep:
            print(f"left in {folder}", flush=True)
            run.ended.set()
            for node in run.nodes:
                node.close()
        else:
            run.close()
            disk.close()
            if whole:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                print(f"it broke off; what everybody wrote until then is left in {folder}", flush=True)


def tell(run: Run, counts: dict[str, int], wrong: list[str], skipped: list[str], out: Path) -> None:
    """What was done and found, for people and in a file."""
    silences = {}
    for name in dict.fromkeys(name for name, _, _ in run.told):
        silences[name] = max(run.silence(begun, until) for other, begun, until in run.told if other == name)
    print()
    for what, count in counts.items():
        print(f"{count:>12,}  {what}")
    for name, seconds in silences.items():
        print(f"{seconds:>11.1f}s  longest silence around: {name} (× {sum(other == name for other, _, _ in run.told)})")
    for one in skipped:
        print(f"     skipped  {one}")
    for sentence in wrong[:50]:
        print("WRONG:", sentence)
    out.mkdir(parents=True, exist_ok=True)
    (out / "faults.json").write_text(json.dumps({"seed": run.seed, "at": time.time(), "cores": os.cpu_count(), "counts": counts, "longest_silence_s": silences,
                                                 "skipped": skipped, "wrong": wrong}, indent=1))


if __name__ == "__main__":
    sys.exit(main())
