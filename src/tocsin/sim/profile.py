"""The tables a generated day is drawn from: calls by hour of the day, shares of kinds, callers' sample words, and durations.

Hours of medical, fire and traffic calls are the shares of 99,492 real calls of Montgomery County, Pennsylvania (December
2015 to August 2016), in thousandths. There is no public-order source at hand: its hours are an assumption (quiet mornings,
an evening peak), as are the shares of kinds beside those of San Francisco's fire department (5,292 calls in April 2020).
Durations are log-normal with the medians and spreads of the same San Francisco records.
"""

from dataclasses import dataclass

HOURLY: dict[str, tuple[int, ...]] = {
    "medical": (26, 22, 21, 20, 19, 20, 27, 36, 47, 55, 60, 58, 61, 59, 58, 53, 54, 54, 50, 50, 46, 40, 36, 29),
    "fire": (21, 16, 14, 14, 13, 17, 22, 34, 47, 50, 55, 57, 56, 58, 58, 60, 60, 64, 67, 57, 53, 42, 36, 28),
    "traffic": (15, 11, 9, 7, 8, 12, 24, 48, 58, 53, 46, 52, 62, 62, 64, 75, 82, 83, 65, 46, 38, 34, 28, 20),
    "order": (52, 47, 42, 33, 24, 17, 15, 18, 25, 30, 33, 36, 40, 40, 42, 45, 48, 52, 56, 60, 63, 65, 62, 55),
}
"""Shares of a day's calls by local hour, by family of kinds; each is divided by its own sum."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of incident is generated: its family's hours, its share of all calls, and what callers may say."""

    family: str
    share: float
    words: tuple[tuple[str, str], ...]


KINDS: dict[str, Kind] = {
    "medical": Kind("medical", 0.46, (
        ("Chest pain, short of breath, sitting up.", "胸痛、气短,能坐。"),
        ("An elderly person fell and cannot get up.", "老人摔倒,无法起身。"),
        ("Very dizzy, vomiting since this morning.", "头晕得厉害,早上起一直呕吐。"),
        ("A child with a high fever and a rash.", "孩子高烧、出疹。"))),
    "cardiac": Kind("medical", 0.02, (
        ("Not breathing, somebody has begun chest compressions.", "没有呼吸,旁人正在做胸外按压。"),
        ("Collapsed in the shop, does not react.", "在店里倒下,没有反应。"))),
    "fire": Kind("fire", 0.03, (
        ("Smoke from a window on the third floor.", "三楼窗户冒烟。"),
        ("The kitchen is on fire, everybody is out.", "厨房起火,人都出来了。"))),
    "outside_fire": Kind("fire", 0.03, (
        ("A litter bin is burning at the kerb.", "路边垃圾桶着火。"),
        ("Dry grass is burning beside the path.", "小路旁干草着火。"))),
    "alarm": Kind("fire", 0.10, (
        ("Fire alarm panel, second floor, no smoke seen.", "消防主机报警,二层,未见烟。"),
        ("Automatic alarm, staff are checking.", "自动报警,工作人员正在查看。"))),
    "crash": Kind("traffic", 0.11, (
        ("Two cars, one driver has a sore neck.", "两车相撞,一名司机颈部疼痛。"),
        ("A cyclist was knocked down and is awake.", "骑车人被撞倒,神志清楚。"))),
    "rescue": Kind("fire", 0.02, (
        ("People stuck in a lift.", "有人被困电梯。"),
        ("A person is stuck on scaffolding.", "有人被困脚手架。"))),
    "hazard": Kind("fire", 0.02, (
        ("Smell of gas in the stairwell.", "楼道里有燃气味。"),
        ("A liquid is leaking from a lorry.", "货车有不明液体泄漏。"))),
    "burglary": Kind("order", 0.03, (
        ("A window is being broken next door.", "隔壁有人在砸窗。"),
        ("The shop door was forced, someone may be inside.", "店门被撬,里面可能有人。"))),
    "disturbance": Kind("order", 0.14, (
        ("Loud quarrel in the street.", "街上有人大声争吵。"),
        ("A party will not quieten down.", "聚会吵闹,劝不停。"))),
    "flooding": Kind("fire", 0.02, (
        ("Water is coming up through the drain.", "下水道返水。"),
        ("The underpass is under water.", "地下通道积水。"))),
}
"""Kinds that the sample response plan knows; a kind of another plan is drawn with `OTHER`."""

OTHER = Kind("order", 0.02, (("The caller asks for help.", "来电人请求帮助。"),))

CALLS_PER_UNIT = 8.0
"""Calls a day for each unit of the fleet where nothing else is said: with these durations a floor that is busy and keeps up."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal duration in seconds, or a factor: its median and the sigma of its logarithm, cut to low_s … high_s."""

    median_s: float
    sigma: float
    low_s: float
    high_s: float


TURNOUT = Spread(1.0, 0.45, 0.2, 3.0)
"""A crew's real seconds from being sent to driving off per usual second (a factor): the spread of San Francisco's engines."""
AT_SCENE: dict[str, Spread] = {
    "medical": Spread(660, 0.9, 120, 3600),
    "fire": Spread(450, 0.75, 60, 5400),
    "traffic": Spread(750, 0.9, 120, 3600),
    "order": Spread(700, 0.8, 120, 3600),
}
BEFORE_TRANSPORT = Spread(986, 0.52, 180, 3600)
HANDOVER = Spread(1500, 0.4, 300, 3600)
"""At the hospital; a fifth of the recorded hospital time is taken as clearing."""
CLEARING = Spread(240, 0.6, 30, 900)
PACE = Spread(1.0, 0.15, 0.7, 1.6)
"""A drive's real seconds per modelled second (a factor)."""
TRANSPORT_SHARE = 0.68
"""Of ambulances that reach a medical scene, those that take somebody to hospital."""
