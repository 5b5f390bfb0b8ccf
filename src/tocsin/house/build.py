"""Every wire of the house on one page: which room gets what from outside, and which records they stand round."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.validity import validity
from tocsin.engines.likeness import Likeness, mentions
from tocsin.engines.own_use import Limits
from tocsin.engines.places import Places
from tocsin.house.apart import Apart
from tocsin.house.ground import WatchedRoads
from tocsin.house.house import House
from tocsin.house.moving import open_trail
from tocsin.house.past import EVERY
from tocsin.house.policy import Policy
from tocsin.house.studying import progress_of
from tocsin.house.watching import Watching, read_limits
from tocsin.kernel import Clock, Words
from tocsin.ledger import ALONE, Ledger, Node, Witnessed, Witnesses
from tocsin.rooms import access, aid, calling, calls, command, coverage, dispatch, fleet, messages, planning, sites
from tocsin.rooms.access.model import TRAIL, Retention
from tocsin.rooms.aid.model import ALONE as NO_NEIGHBOURS
from tocsin.rooms.aid.model import AidTable
from tocsin.rooms.calls.model import Intake
from tocsin.rooms.command.model import CommandTable, with_hospitals
from tocsin.rooms.coverage.model import NO_STANDBY, StandbyTable
from tocsin.rooms.dispatch.model import (
    NO_CHECKLISTS,
    NO_HANDLING,
    NO_HAZARDS,
    NO_TIMERS,
    ChecklistTable,
    HandlingTable,
    HazardTable,
    Plan,
    Rules,
    TimerTable,
)
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.planning.model import PlanningTable
from tocsin.rooms.planning.model import Rules as PlanningRules

NO_PLANNING = PlanningTable()
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LIKENESS, POLICY, RETENTION, WATCHING = (SAMPLES / name for name in ("likeness.toml", "policy.cedar", "retention.toml", "watching.toml"))


def read_likeness(path: Path) -> Likeness:
    """A model of likeness from its file; raises msgspec.DecodeError where it is not one."""
    return msgspec.toml.decode(path.read_bytes(), type=Likeness)


def build(data: Path, city: City, timing: Calibration, plan: Plan, table: FleetTable, clock: Clock, *, name: str = "floor",
          speed: float = 1.0, likeness: Likeness | None = None, timers: TimerTable = NO_TIMERS, command_table: CommandTable | None = None,
          intake: Intake | None = None, policy: Policy | None = None, retention: Retention | None = None,
          witnesses: Witnesses | None = None, watching: Limits | None = None, keyframe_every: int = EVERY, database: str = "",
          node: Node = ALONE, steady: Callable[[], float] | None = None, copies: str = "", upon: Path | None = None, apart: Apart | None = None,
          aid_table: AidTable = NO_NEIGHBOURS, standby: StandbyTable = NO_STANDBY, planning_table: PlanningTable = NO_PLANNING,
          handling: HandlingTable = NO_HANDLING, hazards: HazardTable = NO_HAZARDS, checklists: ChecklistTable = NO_CHECKLISTS) -> House:
    """A house on the records in `data` (made where there are none), for one city, plan, fleet and timers; raises LedgerFault.

    `likeness` tells whether two calls are about one incident; without it, the model that is shipped. `intake` has the city's
    lines, neighbours and question trees; without it calls are taken all the same. Without a `policy` or a table of `retention` the
    sample holds; without a `database` the ledger's rows lie where its folder says; a `node` is one of several houses on that database; without `witnesses` nobody outside watches over the ledger. Without a table of command nobody can
    declare a major incident; without an `aid_table` no neighbouring city is asked or helped, and without one of `standby` no move is suggested; studies then go by the sample's figures; without one of `handling` no handling record has fields of its own, without `hazards` none can be marked, and without `checklists` there are none. `steady` is a clock in seconds that cannot be put; without it the time of day is held to none. With the verifier line that
    it `copies` the house follows another's ledger, and `upon` such a copy it goes on by itself (`apart`).
    """
    shown = policy or Policy(POLICY.read_text(encoding="utf-8"))
    alike = likeness or read_likeness(LIKENESS)
    ground = WatchedRoads(LiveRoads(city, timing))
    places = Places.open(str(city.places_path))
    ledger = Ledger.open(data / "ledger", clock, name=name, database=database, node=node, copies=copies, upon=upon)
    kept_for = retention or msgspec.toml.decode(RETENTION.read_bytes(), type=Retention)
    trail = open_trail(data, clock, ledger, days=kept_for.rules[TRAIL].days, name=name)
    hospitals = [(asset.name or "", asset.lon, asset.lat) for asset in city.assets if asset.kind == "hospital"]
    rooms = (
        calls.room(kinds={code: kind.priority for code, kind in plan.kinds.items()}, places=places,
                   mentions=partial(mentions, alike.families), intake=intake,
                   names={code: Words(kind.en, kind.zh) for code, kind in plan.kinds.items()}, bounds=city.manifest.bounds),
        dispatch.room(Rules(plan=plan, ground=ground, states=table.states, likeness=alike, timers=timers, handling=handling, hazards=hazards,
                            checklists=checklists)),
        fleet.room(table),
        messages.room(),
        sites.room(),
        calling.room(),
        access.room(shown.rights, kept_for),
        command.room(with_hospitals(command_table or CommandTable(), hospitals), ground),
        coverage.room(ground=ground, skills=plan.skills, standby=standby),
        aid.room(aid_table, ground, city.manifest.bounds),
        planning.room(rules=PlanningRules(table=planning_table, kinds={code: Words(kind.en, kind.zh) for code, kind in table.kinds.items()}, bounds=city.manifest.bounds,
                                          streets=city.segments_of), validity=partial(validity, city), progress=partial(progress_of, data)),
    )
    return House(rooms, ledger, trail, clock, city=city, files=ledger.files, policy=shown, retention=kept_for,
                 witnessed=Witnessed(data / "ledger", ledger, witnesses or Witnesses(), clock),
                 watching=Watching(ledger, clock, watching or read_limits(WATCHING)), speed=speed,
                 keyframe_every=keyframe_every, roadless=lambda: ground.failed, steady=steady, apart=apart)
