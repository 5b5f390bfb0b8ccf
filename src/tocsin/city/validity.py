"""How near simulations of a city come to its record, read from the city's folder; every page that shows a simulated figure says it."""

import msgspec

from tocsin.city.opening import City
from tocsin.kernel import Words

FORMAT = 1
MOST_P90, MOST_IN_TIME = 0.03, 0.015
"""The gate: how far the 90 % point may be off, as a part of what was observed, and the share in time, in parts of one."""


class _Kept(msgspec.Struct, frozen=True):
    """What this needs of a validation (sim/scenarios/validate.py writes it)."""

    format: int
    city: str
    validated: bool
    p90_off: float
    in_time_off: float


def validity(city: City) -> tuple[bool | None, Words]:
    """Whether simulations of this city passed the gate, and by how much they are off; None where nobody has looked at this build of the city."""
    try:
        found = msgspec.json.decode(city.validation_path.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        found = None
    if found is None or (found.format, found.city) != (FORMAT, city.version):
        return None, Words("Not validated: nobody has looked yet how near simulations of this city come to its record.", "未经校验：尚未将本市的推演与实际记录对照。")
    p90, points, most = f"{found.p90_off:+.1%}", f"{100 * found.in_time_off:+.1f}", f"{100 * MOST_IN_TIME:.1f}"
    said = (f"in a play of its own record the 90 % point is off by {p90} (gate ± {MOST_P90:.0%}) and the share in time by {points} points (gate ± {most})",
            f"按本市记录推演，90% 分位到场时间偏差 {p90}（限 ±{MOST_P90:.0%}），按时到场率偏差 {points} 个百分点（限 ±{most}）")
    return found.validated, Words(f"{'Validated' if found.validated else 'Not validated'}: {said[0]}.", f"{'已校验' if found.validated else '未通过校验'}：{said[1]}。")
