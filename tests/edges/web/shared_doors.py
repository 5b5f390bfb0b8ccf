"""What is meant to be shared, door by door and role by role, each with its reason; a door that is not here is walked as one that is not."""

import msgspec


class Shared(msgspec.Struct, frozen=True):
    """Some doors that open for some roles whoever made the thing, and why."""

    why: str
    to: tuple[str, ...]
    doors: tuple[str, ...]


def _shared(why: str, to: str, verb: str, under: str, names: str = "") -> Shared:
    return Shared(why, tuple(to.split()), tuple(f"{verb} {under}/{name}" for name in names.split()) or (f"{verb} {under}",))


_ANYBODY = "power machine call_taker dispatcher supervisor responder planner auditor admin"
_FLOOR, _LEAD, _REVIEWERS, _KEEPERS = "call_taker dispatcher supervisor", "dispatcher supervisor", "supervisor auditor", "supervisor auditor admin"
_INCIDENT, _CALL, _CONTACT, _MAJOR = "/api/incidents/{incident}", "/api/calls/{call}", "/api/contacts/{contact}", "/api/majors/{major}"
_STUDY = "/api/planning/studies/{study}"
_EXPORT, _HOLD, _DELAY, _GLASS = "/api/exports/{export}", "/api/holds/{hold}", "/api/delays/{delay}", "/api/glass/{glass}"
_TAKES_OVER = "any desk must be able to go on with what another began: people wait for help; who did it is kept"
_LOOKS_INTO = "the purpose decides the fields, and that they are shown is kept first"
_CREW = "a crew has one device for several people and changes within a shift; who said it is kept"
_STUDIES = "a study is the planners' together, and those who decide on it read it: figures of places and units, nobody's name but who decided"
_SECOND = "a second person has to decide what another asked for; one's own is refused"

SHARED = (
    _shared(_TAKES_OVER, _FLOOR, "POST", _INCIDENT, "priority join link looked separate unlink notes files"),
    _shared(_TAKES_OVER, _LEAD, "POST", _INCIDENT, "alarm assign stand-down swap divert stack unstack close offers acknowledge"),
    _shared(_TAKES_OVER, _LEAD, "POST", _INCIDENT, "aid"),
    _shared(_TAKES_OVER, _LEAD, "POST", "/api/aid/{aid}", "end"),
    _shared("a neighbouring city asks the whole floor, not one desk", _LEAD, "POST", "/api/aid/appeals/{appeal}", "lend decline"),
    _shared("a neighbouring city asks the whole floor, not one desk", _LEAD, "GET", "/api/aid/appeals/{appeal}", "candidates"),
    _shared(_TAKES_OVER, _LEAD, "GET", _INCIDENT, "gains"),
    _shared(_TAKES_OVER, f"{_FLOOR} responder", "GET", _INCIDENT, "route"),
    _shared(_CREW, "responder", "POST", _INCIDENT, "notes files acknowledge"),
    _shared(_LOOKS_INTO, f"{_FLOOR} auditor", "GET", _INCIDENT, "story"),
    _shared(_LOOKS_INTO, f"{_FLOOR} auditor", "GET", "/api/past/incidents/{incident}/story"),
    _shared("counts of places, nobody's name", f"{_FLOOR} responder auditor", "GET", _INCIDENT, "hospitals"),
    _shared(_LOOKS_INTO, f"{_FLOOR} auditor", "GET", "/api/files/{file}"),
    _shared("units and times, nobody's name", f"{_LEAD} auditor", "GET", "/api/offers/{offer}"),
    _shared(_TAKES_OVER, _FLOOR, "POST", _CALL, "answers hand-over trail-code trail-code/revoke"),
    _shared(_LOOKS_INTO, f"{_FLOOR} auditor", "GET", _CALL, "handover questions"),
    _shared(_TAKES_OVER, _FLOOR, "POST", _CONTACT, "locate answer end call-back"),
    _shared(_LOOKS_INTO, _FLOOR, "GET", _CONTACT),
    _shared("a form is any desk's until it comes back", _FLOOR, "GET", "/api/paper/blocks/{block}"),
    _shared("a form is any desk's until it comes back", _FLOOR, "POST", "/api/paper/blocks/{block}", "void"),
    _shared(_TAKES_OVER, _LEAD, "POST", "/api/closures/{closure}", "reopen"),
    _shared(_TAKES_OVER, f"{_FLOOR} responder", "POST", "/api/timers/{timer}", "acknowledge"),
    _shared(_CREW, "supervisor responder", "POST", "/api/units/{unit}", "start-shift end-shift"),
    _shared(_CREW, f"{_LEAD} responder", "POST", "/api/units/{unit}", "state"),
    _shared("a seat is taken and left for oneself alone: the command names nobody", "supervisor responder", "POST", "/api/units/{unit}", "sign-on sign-off"),
    _shared("a call for help is never refused for who makes it", f"{_LEAD} responder", "POST", "/api/units/{unit}", "help"),
    _shared(_TAKES_OVER, _LEAD, "POST", "/api/units/{unit}", "help/confirm help/end"),
    _shared(_CREW, f"{_LEAD} responder", "POST", "/api/units/{unit}", "post checks/{check}/answer"),
    _shared(_CREW, f"{_LEAD} responder", "POST", _INCIDENT, "handling"),
    _shared(_CREW, f"{_LEAD} responder", "POST", _INCIDENT, "tick untick"),
    _shared("seconds of driving, nobody's name", f"{_FLOOR} responder", "GET", _INCIDENT, "arrivals"),
    _shared("a hazard is everybody's to know who goes there; that its words were shown is kept", f"{_FLOOR} responder", "GET", _INCIDENT, "hazards"),
    _shared(_TAKES_OVER, _FLOOR, "POST", "/api/hazards/{hazard}", "renew withdraw"),
    _shared("a form holds nobody's words, and says for which units a record was kept", f"{_FLOOR} responder", "GET", _INCIDENT, "handling-form"),
    _shared("for oversight alone, and kept before it is shown", "supervisor", "GET", "/api/units/{unit}/track"),
    _shared("a unit is every dispatcher's to send and to tell where to wait; who did it is kept", _LEAD, "POST", "/api/units/{unit}", "standby standby/decline standby/end"),
    _shared("a tracker is any desk's to bind: crews change devices within a shift; who did it is kept", _LEAD, "POST", "/api/trackers/{tracker}", "bind free"),
    _shared("a message to a role is every desk's of it", _FLOOR, "POST", "/api/messages/{message}", "delivered read answer"),
    _shared(_LOOKS_INTO, f"{_FLOOR} auditor", "GET", "/api/messages/{message}"),
    _shared(_TAKES_OVER, _LEAD, "POST", _MAJOR, "gather release level roles take-role-back sectors end-sector objectives meet drop place log end"),
    _shared(_CREW, "responder", "POST", _MAJOR, "log"),
    _shared(_LOOKS_INTO, f"{_LEAD} responder auditor", "GET", _MAJOR),
    _shared("a hospital that cannot reach us says it by telephone", _LEAD, "POST", "/api/facilities/{facility}", "capacity divert"),
    _shared("a hospital that cannot reach us says it by telephone", _LEAD, "POST", "/api/diversions/{diversion}", "end"),
    _shared("an agency that cannot reach us says it by telephone", _LEAD, "POST", "/api/tasks/{task}", "accept decline done note withdraw"),
    _shared(_LOOKS_INTO, f"{_LEAD} responder auditor", "GET", "/api/tasks/{task}"),
    _shared(_TAKES_OVER, _LEAD, "POST", "/api/conflicts/{conflict}", "close"),
    _shared(_LOOKS_INTO, f"{_LEAD} auditor", "GET", "/api/conflicts/{conflict}"),
    _shared("a supervisor ends what should not go on", "supervisor", "POST", _GLASS, "end"),
    _shared(_SECOND, _REVIEWERS, "POST", _GLASS, "review"),
    _shared(_SECOND, _REVIEWERS, "GET", _GLASS),
    _shared(_SECOND, _REVIEWERS, "POST", "/api/findings/{finding}", "decide"),
    _shared(_SECOND, _REVIEWERS, "GET", "/api/findings/{finding}"),
    _shared(_SECOND, _REVIEWERS, "POST", "/api/samples/{sample}", "review"),
    _shared(_SECOND, _REVIEWERS, "GET", "/api/samples/{sample}"),
    _shared(_SECOND, "supervisor", "POST", _EXPORT, "preview approve refuse"),
    _shared("a supervisor carries or ends what another asked for", "supervisor", "POST", _EXPORT, "copy withdraw"),
    _shared(_LOOKS_INTO, _REVIEWERS, "GET", _EXPORT),
    _shared(_SECOND, _KEEPERS, "POST", _HOLD, "grant ask-lift lift"),
    _shared(_SECOND, _KEEPERS, "GET", _HOLD),
    _shared(_SECOND, _REVIEWERS, "POST", _CALL, "delays"),
    _shared(_SECOND, _REVIEWERS, "GET", _CALL, "delays"),
    _shared(_SECOND, _REVIEWERS, "POST", _DELAY, "grant refuse end"),
    _shared(_SECOND, _REVIEWERS, "GET", _DELAY),
    _shared(_STUDIES, "planner", "POST", _STUDY, "stop propose"),
    _shared(_SECOND, "supervisor planner", "POST", _STUDY, "adopt decline end"),
    _shared(_STUDIES, "supervisor planner auditor", "GET", _STUDY),
    _shared(_STUDIES, "supervisor planner auditor", "GET", _STUDY, "happened paper"),
    _shared("hashes alone, so that anybody can hold the house to its word", _ANYBODY, "GET", "/tlog/tile/{tile}"),
    _shared("an auditor reads the whole log, sealed as it is", "auditor", "GET", "/tlog/tile/entries/{bundle}"),
    _shared("an auditor reads the whole log, sealed as it is", "auditor", "GET", "/tlog/lines/{bundle}"),
)

MACHINES = (
    _shared("a new contact is nobody's yet; a number given by hand that is known is refused", "machine", "POST", "/api/contacts"),
    _shared("a key that was given for this door", "narrow", "POST", "/api/units/{unit}", "state"),
)
