"""How the person's own view is decided: a code holds for ninety days, unknown and wrong are one answer, and two people delay, not one."""

import hmac

from tocsin.facts.access import (
    DisclosureDelayAsked,
    DisclosureDelayEnded,
    DisclosureDelayGranted,
    DisclosureDelayRefused,
    TrailCodeGiven,
    TrailCodesRevoked,
    TrailRead,
)
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands import (
    AskDelay,
    EndDelay,
    GrantDelay,
    KeepTrailCode,
    KeepTrailRead,
    RefuseDelay,
    RevokeTrailCodes,
)
from tocsin.rooms.access.model.own_trail import MOST_READS, DelayNow, TrailNow
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State

CODE_DAYS = 90
MOST_CODES = 50
_NOBODYS = "0" * 64
_HOUR_US = 3_600 * 1_000_000
_DAY_US = 24 * _HOUR_US


def _give(state: State, command: KeepTrailCode) -> tuple[Fact, ...]:
    _known_call(state, command.call)
    if state.trails.get(command.call, TrailNow()).given >= MOST_CODES:
        raise Refused("trail_codes_many", f"{MOST_CODES} codes were given for this call; ask the auditor to show its trail.",
                      f"该来电已发放 {MOST_CODES} 个查询码，请由审计员出示记录。", field="call")
    return (TrailCodeGiven(call=command.call, digest=command.digest, expires_at=command.now + CODE_DAYS * _DAY_US),)


def _revoke(state: State, command: RevokeTrailCodes) -> tuple[Fact, ...]:
    _known_call(state, command.call)
    if not state.trails.get(command.call, TrailNow()).digest:
        raise Refused("trail_no_code", "No code holds for this call; there is nothing to end.", "该来电没有有效的查询码，无需作废。", field="call")
    return (TrailCodesRevoked(call=command.call),)


def _read(state: State, command: KeepTrailRead) -> tuple[Fact, ...]:
    """One and the same no for a call that is not there, one without a code, a wrong code, one that was revoked and one that is too old."""
    now = state.trails.get(command.call, TrailNow())
    right = hmac.compare_digest(now.digest or _NOBODYS, command.digest)
    if not right or not now.digest or now.expires_at <= command.now:
        raise Refused("trail_code_wrong", "Number and code do not go together, or the code holds no more. Look at both once more, or ask for a new code.",
                      "编号与查询码不符，或查询码已失效。请核对后重试，或申请新的查询码。", field="code", status=403)
    if len(now.reads) == MOST_READS and command.now - now.reads[0] < _HOUR_US:
        raise Refused("trail_often", "This was read very often within the hour; try again later.", "一小时内查询过于频繁，请稍后再试。", status=429)
    return (TrailRead(call=command.call, what=command.what),)


def _ask(state: State, command: AskDelay) -> tuple[Fact, ...]:
    _known_call(state, command.call)
    if missing := [position for position in command.positions if position not in state.given]:
        raise Refused("delay_not_there", f"{missing[0]} is no entry at which this record was shown or given out; name the record that it is of.",
                      f"{missing[0]} 不是该记录的查看或提供条目，请注明所属记录。", field="positions", status=422)
    return (DisclosureDelayAsked(delay=command.number, call=command.call, positions=command.positions, days=command.days,
                                 reason=Sealed(f"delay:{command.number}", command.reason)),)


def _grant(state: State, command: GrantDelay) -> tuple[Fact, ...]:
    now = _open(state, command.delay, command.by)
    return (DisclosureDelayGranted(delay=command.delay, call=now.call, until=command.now + now.days * _DAY_US, roles=command.roles),)


def _refuse(state: State, command: RefuseDelay) -> tuple[Fact, ...]:
    now = _open(state, command.delay, command.by)
    return (DisclosureDelayRefused(delay=command.delay, call=now.call, reason=Sealed(f"delay:{command.delay}", command.reason)),)


def _end(state: State, command: EndDelay) -> tuple[Fact, ...]:
    now = _known(state, command.delay)
    if now.state in ("refused", "ended") or (now.state == "granted" and now.until <= command.now):
        raise Refused("delay_over", f"{command.delay} is over already.", f"{command.delay} 已经结束。", field="delay")
    return (DisclosureDelayEnded(delay=command.delay, call=now.call),)


def _open(state: State, number: str, by: str) -> DelayNow:
    """A delay that this person may decide."""
    now = _known(state, number)
    if now.asked_by == by:
        raise Refused("delay_own", "A second person decides what you asked for; ask another supervisor or the auditor.",
                      "须由第二人决定，请联系其他主管或审计员。", field="delay", status=403)
    if now.state != "asked":
        raise Refused("delay_decided", f"{number} was decided already.", f"{number} 已有决定。", field="delay")
    return now


def _known(state: State, number: str) -> DelayNow:
    now = state.delays.get(number)
    if now is None:
        raise Refused("delay_unknown", f"there is no delay {number}", f"没有暂缓告知 {number}", field="delay", status=404)
    return now


def _known_call(state: State, call: str) -> None:
    if f"call:{call}" not in state.seen:
        raise Refused("call_unknown", f"there is no call {call}", f"没有来电 {call}", field="call", status=404)


DECISIONS: dict[type[Command], Decision] = {KeepTrailCode: _give, RevokeTrailCodes: _revoke, KeepTrailRead: _read, AskDelay: _ask,
                                            GrantDelay: _grant, RefuseDelay: _refuse, EndDelay: _end}
