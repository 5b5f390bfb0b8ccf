"""An offer as a person reads it: each unit's arrival with its doubt, and one sentence for it or against it."""

from tocsin.facts.dispatch import CandidatesOffered, Need
from tocsin.kernel import Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadOffer
from tocsin.rooms.dispatch.model import Ground, Plan
from tocsin.rooms.dispatch.model.filling import left_open
from tocsin.rooms.dispatch.model.ranking import filled, wanted

_WORTH_SAYING_S = 0.5
LAST_ONE_S = 1_200.0
"""A leaving that costs more than this on average leaves nobody behind."""


class Candidate(View, frozen=True, kw_only=True):
    """One unit in an offer. `eta_s` counts from being sent: mobilisation and driving; None: it cannot get there.

    `low_s` and `high_s` hold nine arrivals in ten on days the calibration did not see. `lacks` is empty where the unit may
    go, else the code of what speaks against it (`busy`, `skill`, `stale_position`, `unreachable`, `beyond`, `out_of_service`).
    """

    unit: str
    shift: str
    unit_kind: str
    state: str
    eta_s: int | None
    low_s: int | None
    high_s: int | None
    position_age_s: int
    lacks: str
    proposed: bool
    why: Words
    cover_s: float = 0.0
    """Mean seconds that the next unit with `cover_of` would come later, all over the city, while this one is away."""
    cover_of: str = ""
    on: str = ""
    takes: Words | None = None
    """What its going takes from whom, where it takes anything worth saying."""


class Offer(View, frozen=True, kw_only=True):
    """Every unit on duty, ranked for one incident, as it was shown and kept."""

    offer: str
    incident: str
    at: int
    needs: tuple[Need, ...]
    unfilled: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    city: str
    calibration: str
    plan: str
    weight: float = 0.0
    """Seconds of arrival that the plan lets one second of cover be worth at this priority."""
    further: int = 0
    """How many units more were on duty, too far away to be ranked."""
    further_m: int = 0
    """Straight metres to the nearest of them that might have gone; 0 where none might."""


def clock(seconds: int) -> str:
    """Seconds as m:ss, the way the floor says a travel time."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def short(number: str) -> str:
    """An incident's number as the floor says it: its last part, without the zeros before it."""
    return number.rsplit("-", 1)[-1].lstrip("0") or number


def read_offer(plan: Plan, ground: Ground, ask: ReadOffer, sight: Sight) -> Offer:
    """The offer of this number, in words."""
    for kept in sight.history(f"offer:{ask.offer}"):
        if isinstance(kept.fact, CandidatesOffered):
            return shown(plan, ground, kept.fact, kept.entry.happened_at)
    raise Refused("offer_unknown", f"there is no offer {ask.offer}", f"没有编号为 {ask.offer} 的推荐", field="offer", status=404)


def shown(plan: Plan, ground: Ground, fact: CandidatesOffered, at: int) -> Offer:
    """A kept offer as it goes out; its sentences are written from its columns alone."""
    fills = dict(filled(fact))
    chosen = [i for i, unit in enumerate(fact.units) if unit in fact.chosen]
    candidates = []
    for i, unit in enumerate(fact.units):
        eta_s = fact.eta_s[i]
        low, high = ground.interval(eta_s) if eta_s >= 0 else (0.0, 0.0)
        candidates.append(Candidate(
            unit=unit, shift=fact.shifts[i], unit_kind=fact.kinds[i], state=fact.states[i], eta_s=eta_s if eta_s >= 0 else None,
            low_s=round(low) if eta_s >= 0 else None, high_s=round(high) if eta_s >= 0 else None,
            position_age_s=fact.ages_s[i], lacks=fact.lacks[i], proposed=unit in fact.chosen,
            why=_against(plan, fact, i, chosen) if fact.lacks[i] else _for(plan, fact, i, fills), cover_s=fact.cover_s[i] if fact.cover_s else 0.0,
            cover_of=fact.cover_of[i] if fact.cover_of else "", on=fact.on[i] if fact.on else "", takes=_takes(plan, fact, i)))
    sent = [fact.skills[i] for i, unit in enumerate(fact.units) if unit in fact.chosen]
    return Offer(offer=fact.offer, incident=fact.incident, at=at, needs=wanted(fact), unfilled=left_open(wanted(fact), sent),
                 candidates=tuple(candidates), city=fact.city, calibration=fact.calibration, plan=fact.plan, weight=fact.weight, further=fact.further, further_m=fact.further_m)


def _for(plan: Plan, fact: CandidatesOffered, i: int, fills: dict[int, str]) -> Words:
    """Why a unit that may go stands where it does: its place among those with the skill it is sent for, or behind whom it is."""
    eta_s = fact.eta_s[i]
    if i in fills:
        alike = [j for j in range(len(fact.units)) if not fact.lacks[j] and fills[i] in fact.skills[j]]
        spared = _spared(fact, i, alike)
        if spared is not None:
            return _kept_back(plan, fact, i, spared)
        rank = sum(fact.eta_s[j] < eta_s for j in alike) + 1
        name, named = _named(plan, [fills[i]])
        return Words(f"{'Nearest' if rank == 1 else f'Number {rank}'} of {len(alike)} with {name}: {clock(eta_s)}.",
                     f"{len(alike)} 个具备{named}的单位中{'最近' if rank == 1 else f'第 {rank} 近'}，{clock(eta_s)}。")
    ahead = [j for j, skill in fills.items() if skill in fact.skills[i]]
    if not ahead:
        return Words(f"Could go: {clock(eta_s)}.", f"可派：{clock(eta_s)}。")
    last = max(ahead, key=lambda j: fact.eta_s[j])
    (name, named), other = _named(plan, [fills[last]]), fact.units[last]
    if eta_s == fact.eta_s[last]:
        return Words(f"As soon as {other} ({name}).", f"与 {other}（{named}）同时到。")
    if eta_s < fact.eta_s[last]:
        sooner = clock(fact.eta_s[last] - eta_s)
        if not fact.weight:
            return Words(f"{sooner} ahead of {other} ({name}), which only it can fill.", f"比 {other} 早 {sooner}，但{named}须由 {other} 承担。")
        return Words(f"{sooner} ahead of {other} ({name}), but kept for the cover it gives.", f"比 {other}（{named}）早 {sooner}，但留守以保持覆盖。")
    behind = clock(eta_s - fact.eta_s[last])
    return Words(f"{behind} behind {other} ({name}).", f"比 {other}（{named}）晚 {behind}。")


def _spared(fact: CandidatesOffered, i: int, alike: list[int]) -> int | None:
    """The soonest unit that would have been there before a proposed one and was left for the cover it gives; None where none was."""
    sooner = [j for j in alike if fact.units[j] not in fact.chosen and fact.eta_s[j] < fact.eta_s[i]
              and fact.weight and fact.cover_s[j] > fact.cover_s[i]]
    return min(sooner, key=lambda j: fact.eta_s[j], default=None)


def _kept_back(plan: Plan, fact: CandidatesOffered, i: int, spared: int) -> Words:
    other, slower = fact.units[spared], clock(fact.eta_s[i] - fact.eta_s[spared])
    name, named = _named(plan, [fact.cover_of[spared]])
    cost = fact.cover_s[spared]
    return Words(f"{slower} slower than {other}, but without {other} the next {name} comes {cost:.1f} s later on average.",
                 f"比 {other} 慢 {slower}，但抽走 {other} 后全市{named}平均晚到 {cost:.1f} 秒。")


def _takes(plan: Plan, fact: CandidatesOffered, i: int) -> Words | None:
    """What a unit's going takes: from the city's cover, where it is free; from the incident it is on, where it is not."""
    if fact.on and fact.on[i]:
        return Words(f"It would leave incident {short(fact.on[i])}, and be here in {clock(fact.eta_s[i])}.",
                     f"将离开警情 {short(fact.on[i])}，{clock(fact.eta_s[i])} 可到。") if fact.eta_s[i] >= 0 else None
    if not fact.cover_s or fact.cover_s[i] < _WORTH_SAYING_S:
        return None
    name, named = _named(plan, [fact.cover_of[i]])
    if fact.cover_s[i] >= LAST_ONE_S:
        return Words(f"The last free with {name}.", f"全市最后一个可派的{named}单位。")
    base, base_zh = (f" from {fact.stations[i]}", f"（{fact.stations[i]}）") if fact.stations[i] else ("", "")
    return Words(f"Its going{base} leaves {name} {fact.cover_s[i]:.1f} s later on average.",
                 f"抽走后{base_zh}全市{named}平均晚到 {fact.cover_s[i]:.1f} 秒。")


def _against(plan: Plan, fact: CandidatesOffered, i: int, chosen: list[int]) -> Words:
    eta_s, unit = fact.eta_s[i], fact.units[i]
    closer = [j for j in chosen if fact.eta_s[j] > eta_s >= 0]
    lead_en = lead_zh = ""
    if closer:
        gap = clock(max(fact.eta_s[j] for j in closer) - eta_s)
        other = fact.units[max(closer, key=lambda j: fact.eta_s[j])]
        lead_en, lead_zh = f"{gap} closer than {other}, but ", f"比 {other} 近 {gap}，但"
    names, named = _named(plan, [need.skill for need in fact.needs])
    age = fact.ages_s[i] // 60
    en, zh = {
        "busy": (f"it is {fact.states[i].replace('_', ' ')}{f' on {short(fact.on[i])}' if fact.on and fact.on[i] else ''}",
                 f"正在{f'处置警情 {short(fact.on[i])}' if fact.on and fact.on[i] else '执行任务'}"),
        "out_of_service": ("it is out of service", "已停用"),
        "skill": (f"it has none of: {names}", f"不具备：{named}"),
        "stale_position": (f"its last position is {age} min old", f"最近位置已是 {age} 分钟前"),
        "beyond": ("it is beyond this city's roads, which say no time", "在本市路网之外，无法推算时间"),
        "unreachable": ("no open road leads there", "没有可通行的道路到达"),
    }.get(fact.lacks[i], (fact.lacks[i], fact.lacks[i]))
    sentence = f"{lead_en}{en}." if lead_en else f"{en[0].upper()}{en[1:]}."
    return Words(sentence.replace("it is", f"{unit} is", 1) if lead_en else sentence, f"{lead_zh}{zh}。")


def _named(plan: Plan, skills: list[str]) -> tuple[str, str]:
    known = [plan.skills.get(skill, Words(skill, skill)) for skill in dict.fromkeys(skills)]
    return ", ".join(words.en for words in known), "、".join(words.zh for words in known)
