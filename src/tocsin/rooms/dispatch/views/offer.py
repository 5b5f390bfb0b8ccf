"""An offer as a person reads it: each unit's arrival with its doubt, and one sentence for it or against it."""

from tocsin.facts.dispatch import CandidatesOffered, Need
from tocsin.kernel import Refused, Sight, View, Words
from tocsin.rooms.dispatch.commands import ReadOffer
from tocsin.rooms.dispatch.model import Ground, Plan
from tocsin.rooms.dispatch.model.ranking import fill
from tocsin.rooms.dispatch.views.board import unmet


class Candidate(View, frozen=True, kw_only=True):
    """One unit in an offer. `eta_s` counts from being sent: mobilisation and driving; None: it cannot get there.

    `low_s` and `high_s` hold nine arrivals in ten on days the calibration did not see. `lacks` is empty where the unit may
    go, else the code of what speaks against it (`busy`, `skill`, `stale_position`, `unreachable`, `out_of_service`).
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


def clock(seconds: int) -> str:
    """Seconds as m:ss, the way the floor says a travel time."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def read_offer(plan: Plan, ground: Ground, ask: ReadOffer, sight: Sight) -> Offer:
    """The offer of this number, in words."""
    for kept in sight.history(f"offer:{ask.offer}"):
        if isinstance(kept.fact, CandidatesOffered):
            return shown(plan, ground, kept.fact, kept.entry.happened_at)
    raise Refused("offer_unknown", f"there is no offer {ask.offer}", f"没有编号为 {ask.offer} 的推荐", field="offer", status=404)


def shown(plan: Plan, ground: Ground, fact: CandidatesOffered, at: int) -> Offer:
    """A kept offer as it goes out; its sentences are written from its columns alone."""
    fills = dict(fill(fact.needs, fact.skills, fact.eta_s, fact.lacks))
    chosen = [i for i, unit in enumerate(fact.units) if unit in fact.chosen]
    candidates = []
    for i, unit in enumerate(fact.units):
        eta_s = fact.eta_s[i]
        low, high = ground.interval(eta_s) if eta_s >= 0 else (0.0, 0.0)
        candidates.append(Candidate(
            unit=unit, shift=fact.shifts[i], unit_kind=fact.kinds[i], state=fact.states[i], eta_s=eta_s if eta_s >= 0 else None,
            low_s=round(low) if eta_s >= 0 else None, high_s=round(high) if eta_s >= 0 else None,
            position_age_s=fact.ages_s[i], lacks=fact.lacks[i], proposed=unit in fact.chosen,
            why=_against(plan, fact, i, chosen) if fact.lacks[i] else _for(plan, fact, i, fills)))
    sent = [fact.skills[i] for i, unit in enumerate(fact.units) if unit in fact.chosen]
    return Offer(offer=fact.offer, incident=fact.incident, at=at, needs=fact.needs, unfilled=unmet(fact.needs, sent),
                 candidates=tuple(candidates), city=fact.city, calibration=fact.calibration, plan=fact.plan)


def _for(plan: Plan, fact: CandidatesOffered, i: int, fills: dict[int, str]) -> Words:
    """Why a unit that may go stands where it does: its place among those with the skill it is sent for, or behind whom it is."""
    eta_s = fact.eta_s[i]
    if i in fills:
        alike = [j for j in range(len(fact.units)) if not fact.lacks[j] and fills[i] in fact.skills[j]]
        rank = sum(fact.eta_s[j] < eta_s for j in alike) + 1
        name, named = _named(plan, [fills[i]])
        return Words(f"{'Nearest' if rank == 1 else f'Number {rank}'} of {len(alike)} with {name}: {clock(eta_s)}.",
                     f"{len(alike)} 个具备{named}的单位中{'最近' if rank == 1 else f'第 {rank} 近'}，{clock(eta_s)}。")
    ahead = [j for j, skill in fills.items() if skill in fact.skills[i]]
    if not ahead:
        return Words(f"Could go: {clock(eta_s)}.", f"可派：{clock(eta_s)}。")
    last = max(ahead, key=lambda j: fact.eta_s[j])
    (name, named), other = _named(plan, [fills[last]]), fact.units[last]
    if eta_s <= fact.eta_s[last]:
        return Words(f"As soon as {other} ({name}).", f"与 {other}（{named}）同时到。")
    behind = clock(eta_s - fact.eta_s[last])
    return Words(f"{behind} behind {other} ({name}).", f"比 {other}（{named}）晚 {behind}。")


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
        "busy": (f"it is {fact.states[i].replace('_', ' ')}", "正在执行任务"),
        "out_of_service": ("it is out of service", "已停用"),
        "skill": (f"it has none of: {names}", f"不具备：{named}"),
        "stale_position": (f"its last position is {age} min old", f"最近位置已是 {age} 分钟前"),
        "unreachable": ("no open road leads there", "没有可通行的道路到达"),
    }.get(fact.lacks[i], (fact.lacks[i], fact.lacks[i]))
    sentence = f"{lead_en}{en}." if lead_en else f"{en[0].upper()}{en[1:]}."
    return Words(sentence.replace("it is", f"{unit} is", 1) if lead_en else sentence, f"{lead_zh}{zh}。")


def _named(plan: Plan, skills: list[str]) -> tuple[str, str]:
    known = [plan.skills.get(skill, Words(skill, skill)) for skill in dict.fromkeys(skills)]
    return ", ".join(words.en for words in known), "、".join(words.zh for words in known)
