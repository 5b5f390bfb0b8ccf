"""Studies computed beside the floor: the leading house's studies one after another, each in a process that ends with this one and goes on at the next start."""

import argparse
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import msgspec

from tocsin.cli.reading import read_fleet, read_plan, read_planning
from tocsin.facts.planning import Answer, StudyAsked
from tocsin.house import Asker, House
from tocsin.house.own_record import own_record
from tocsin.house.studying import ANSWER, FAILED, FOLDER, folder_of
from tocsin.kernel import Command, Refused, Words
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.planning.commands import KeepAnswer, KeepFailure
from tocsin.rooms.planning.model import PlanningTable
from tocsin.rooms.planning.views import StudyRow
from tocsin.sim.studies.order import ORDER, Failed, Order, write_order

_LOG = logging.getLogger("tocsin.studies")
_BY = Asker("planning", frozenset())
_LOOK_S, _PATIENCE_S = 0.5, 5.0
_TRIES = 2
BROKEN = Failed(code="study_broken", says=Words("The computing of this study broke off twice; the server's log says more.", "该推演的计算两次中断，详见服务器日志。"))


class Studies:
    """One study at a time, the one that was asked first. On a house that follows nothing is computed."""

    def __init__(self, house: House, data: Path, plan: Plan, fleet: FleetTable, table: PlanningTable) -> None:
        self._house, self._data, self._plan, self._fleet, self._table = house, data, plan, fleet, table
        self._stopped, self._thread = Event(), Thread(target=self._run, name="studies", daemon=True)
        self._study, self._tried, self._tries = "", "", 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to look for studies."""
        self._thread.start()

    def stop(self) -> None:
        """End the process; what it played is kept, and an unanswered study goes on at the next start."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_S)
        self._end()

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_S):
            try:
                self.step()
            except Exception:  # noqa: BLE001 -- it is logged as the bug it is; a study must not take the floor's server with it
                _LOG.exception("studies: a step failed")

    def step(self) -> None:
        """Look once: take up, keep or end whatever is due."""
        waiting = self._waiting() if self._house.ledger.leads else []
        if self._study and self._study not in waiting:  # it was stopped, or another house leads now
            self._end()
        if self._study:
            self._follow()
        elif waiting:
            self._begin(waiting[0])
        else:
            self._tidy()

    def _waiting(self) -> list[str]:
        rows = self._house.rows("study").values()
        return [row.id for row in sorted((row for row in rows if isinstance(row, StudyRow) and row.stage == "waiting"), key=lambda row: (row.asked_at, row.id))]

    def _begin(self, study: str) -> None:
        folder = folder_of(self._data, study)
        if not (folder / ORDER).exists():
            self._prepare(study, folder)
        self._tries = self._tries + 1 if study == self._tried else 1
        self._study = self._tried = study
        self._process = subprocess.Popen([sys.executable, "-m", "tocsin.sim.studies", str(folder)],  # noqa: S603 - our own module, no shell reads it
                                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def _prepare(self, study: str, folder: Path) -> None:
        asked, at = next((kept.fact, kept.entry.known_at) for kept in self._house.history(f"study:{study}") if isinstance(kept.fact, StudyAsked))
        record = own_record(self._house) if asked.demand == "own" else None
        write_order(folder, Order(asked=asked, asked_at=at, city=str(self._house.city.path), plan=self._plan, fleet=self._fleet, table=self._table), record)

    def _follow(self) -> None:
        """Keep what the process left once it has ended; begin it once more where it broke off."""
        assert self._process is not None
        if self._process.poll() is None:
            return
        study, folder = self._study, folder_of(self._data, self._study)
        self._end()
        command: Command
        if (folder / ANSWER).exists():
            command = KeepAnswer(study=study, answer=msgspec.msgpack.decode((folder / ANSWER).read_bytes(), type=Answer))
        elif (folder / FAILED).exists() or self._tries >= _TRIES:
            failed = msgspec.msgpack.decode((folder / FAILED).read_bytes(), type=Failed) if (folder / FAILED).exists() else BROKEN
            command = KeepFailure(study=study, code=failed.code, says=failed.says)
        else:
            return
        try:
            self._house.keep_own(command, _BY, "planning", f"study/{study}/end")
        except Refused as no:
            if no.status >= 500:
                raise  # a full disk: the answer lies in its folder, and the next look keeps it
        shutil.rmtree(folder, ignore_errors=True)

    def _end(self) -> None:
        """End the process, whose own ones end with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._study, self._process = "", None

    def _tidy(self) -> None:
        """Throw away the folders of studies that wait for nothing any more."""
        root = self._data / FOLDER
        if root.exists():
            for folder in root.iterdir():
                shutil.rmtree(folder, ignore_errors=True)
            root.rmdir()


def studies_of(arguments: argparse.Namespace, house: House, data: Path) -> Studies:
    """The studies of the house that a command line describes."""
    return Studies(house, data, read_plan(arguments.plan, house.city), read_fleet(arguments.fleet), read_planning(arguments.planning))
