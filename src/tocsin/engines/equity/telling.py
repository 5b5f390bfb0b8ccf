"""The first line of a comparison: what a plan does on average never stands without who pays for it."""

from collections.abc import Sequence

from tocsin.engines.equity.comparing import LEAST_S, Change, Compared
from tocsin.kernel import Words

_MOST_NAMED = 3


def first_line(found: Compared, names: Sequence[str] = ()) -> Words:
    """What the plan does to the mean, and which districts surely wait longer under it; `names` are those of the districts, by number."""
    whole = found.whole.mean_s
    low, high = round(whole.low), round(whole.high)
    size = abs(round(whole.value))
    if whole.low <= 0 <= whole.high:
        said = Words(f"No difference on average that these calls would show ({low:+d} to {high:+d} s)",
                     f"平均到场时间没有可辨别的差异（{low:+d} 至 {high:+d} 秒）")
    elif whole.value < 0:
        said = Words(f"Sooner by {size} s on average", f"平均提前 {size} 秒到场")
    else:
        said = Words(f"Later by {size} s on average", f"平均推迟 {size} 秒到场")
    left = found.left
    if not left:
        perhaps = sum(one.perhaps for one in found.districts)
        if not perhaps:
            return Words(f"{said.en}; no district waits {LEAST_S:g} s longer.", f"{said.zh}；没有片区变慢 {LEAST_S:g} 秒以上。")
        return Words(f"{said.en}; {_of(perhaps)} perhaps longer by {LEAST_S:g} s or more, which these calls do not settle.",
                     f"{said.zh}；{perhaps} 个片区可能变慢 {LEAST_S:g} 秒以上，现有警情尚不能定论。")
    told, more = [_told(one, names) for one in left[:_MOST_NAMED]], len(left) - _MOST_NAMED
    return Words(f"{said.en}, and {_of(len(left))} longer for it: {', '.join(one.en for one in told)}{f' and {more} more' if more > 0 else ''}.",
                 f"{said.zh}，但有 {len(left)} 个片区因此变慢：{'、'.join(one.zh for one in told)}{f'，另有 {more} 个' if more > 0 else ''}。")


def tenth_line(found: Compared) -> Words:
    """The mean wait of the worst-served tenth, before and after."""
    before, after = round(found.tenth_before_s), round(found.tenth_after_s)
    return Words(f"The worst-served tenth of the calls waits {after} s on average, {before} s before.",
                 f"到场最慢的十分之一警情平均 {after} 秒到场，此前为 {before} 秒。")


def _of(count: int) -> str:
    return "1 district waits" if count == 1 else f"{count} districts wait"


def _told(one: Change, names: Sequence[str]) -> Words:
    name = names[one.which] if one.which < len(names) else f"{one.which + 1}"
    return Words(f"{name} {one.mean_s.value:+.0f} s (late {one.before.late:.0%} → {one.after.late:.0%})",
                 f"{name} {one.mean_s.value:+.0f} 秒（超时 {one.before.late:.0%} → {one.after.late:.0%}）")
