"""Which tracker speaks for which unit: a machine's key that is known, one unit at a time, over to the key that takes its place."""

from tocsin.facts.fleet import TrackerBound, TrackerFreed
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import BindTracker, CarryTracker, FreeTracker
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State
from tocsin.rooms.fleet.model.table import FleetTable


def _bind(table: FleetTable, state: State, command: BindTracker) -> tuple[Fact, ...]:
    if command.tracker not in state.keys:
        raise Refused("tracker_unknown", f"there is no device with the key {command.tracker}: an administrator makes one on the page of keys",
                      f"没有编号为 {command.tracker} 的设备密钥，请管理员在密钥页面创建", field="tracker", status=404)
    was = state.bound.get(command.tracker, ("", ""))
    if was == (command.unit, command.shift):
        raise Refused("tracker_bound_so", f"tracker {command.tracker} speaks for {command.unit} already", f"定位终端 {command.tracker} 已绑定 {command.unit}", field="unit")
    return (TrackerBound(tracker=command.tracker, unit=command.unit, shift=command.shift, was=was[0]),)


def _free(table: FleetTable, state: State, command: FreeTracker) -> tuple[Fact, ...]:
    if command.tracker not in state.bound:
        raise Refused("tracker_not_bound", f"tracker {command.tracker} speaks for no unit", f"定位终端 {command.tracker} 未绑定任何单位", field="tracker")
    return (TrackerFreed(tracker=command.tracker, was=state.bound[command.tracker][0]),)


def _carry(table: FleetTable, state: State, command: CarryTracker) -> tuple[Fact, ...]:
    unit, shift = state.heirs.get(command.tracker, ("", ""))
    return (TrackerBound(tracker=command.tracker, unit=unit, shift=shift),) if unit and command.tracker not in state.bound else ()


DECISIONS: dict[type[Command], Decision] = {BindTracker: _bind, FreeTracker: _free, CarryTracker: _carry}
