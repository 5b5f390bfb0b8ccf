"""How stretches of road are shut and opened again."""

from tocsin.facts.dispatch import RoadClosed, RoadReopened
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.dispatch.commands import CloseRoad, ReopenRoad
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State


def _close_road(rules: Rules, state: State, command: CloseRoad) -> tuple[Fact, ...]:
    if command.closure in state.closures:
        raise Refused("closure_exists", f"closure {command.closure} was already given", f"封路编号 {command.closure} 已使用", field="closure")
    segments, name = command.segments, ""
    if not segments:
        if command.lon is None or command.lat is None:
            raise Refused("closure_without_place", "say where: a point, or segment numbers", "请指明封路地点：坐标或路段号",
                          field="lon", status=422)
        segments, name = rules.ground.stretch(command.lon, command.lat)
    return (RoadClosed(closure=command.closure, segments=segments, city=rules.ground.city, text=command.text or name,
                       shape=rules.ground.shapes(segments)),)


def _reopen(rules: Rules, state: State, command: ReopenRoad) -> tuple[Fact, ...]:
    if not state.closures.get(command.closure):
        raise Refused("closure_unknown", f"no road is shut under {command.closure}", f"没有编号为 {command.closure} 的封路",
                      field="closure", status=404)
    return (RoadReopened(closure=command.closure),)


DECISIONS: dict[type[Command], Decision] = {CloseRoad: _close_road, ReopenRoad: _reopen}
