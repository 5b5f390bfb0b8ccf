"""Which trackers were refused in the last minutes, and for what: told on the page of health, to whoever can mend it."""

from collections import Counter
from collections.abc import Iterable

from tocsin.kernel import Clock, Words

MINUTES = 10
_MOST = 500
"""Trackers and codes that are told apart within a minute; what comes beyond is counted together, under no name."""
_NAMED = 3
_MINUTE_US = 60_000_000

TROUBLE: dict[str, Words] = {
    "tracker_key_wrong": Words("a key that no tracker has", "密钥无效"),
    "tracker_other": Words("names another tracker than its key's", "所称终端与密钥不符"),
    "tracker_not_bound": Words("is bound to no unit", "未绑定单位"),
    "tracker_flood": Words("sends too fast", "上报过快"),
    "tracker_garbage": Words("sends what cannot be read", "消息无法解析"),
    "tracker_checksum": Words("sends lines with a wrong checksum", "校验和错误"),
    "tracker_encrypted": Words("encrypts its messages: switch that off, TLS does it", "消息已加密，请关闭端内加密，由 TLS 保护"),
    "tracker_connections": Words("too many connections from one address that show no key", "同一地址未出示密钥的连接过多"),
    "tracker_full": Words("the port holds as many connections as it may: allow more (TOCSIN_CONNECTIONS)", "端口连接数已达上限，请调大 TOCSIN_CONNECTIONS"),
    "trail.from-the-future": Words("its clock is ahead", "设备时钟超前"),
    "trail.too-old": Words("its clock is far behind, or its positions are old", "设备时钟严重滞后或位置过旧"),
    "trail.no-fix": Words("has no fix", "尚未定位"),
    "trail.out-of-range": Words("tells places that are not on the earth", "坐标超出范围"),
    "trail.absurd-accuracy": Words("tells an accuracy that cannot be true", "精度数值不合理"),
    "trail.absurd-motion": Words("tells a speed or heading that cannot be true", "速度或方向不合理"),
}
"""What somebody can mend. That a unit is off duty is no trouble: its tracker is to be refused then."""


class Lately:
    """Counts by minute, tracker and code. It is written on the event loop and read from the pulse's thread too, so what is read is copied first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._minutes: dict[int, Counter[tuple[str, str]]] = {}

    def add(self, number: str, codes: Iterable[str]) -> None:
        """Count codes of one tracker; without a number, of one that is not known."""
        for code in codes:
            if code in TROUBLE:
                counts = self._minutes.setdefault(self._clock.now() // _MINUTE_US, Counter())
                counts[(number, code) if len(counts) < _MOST or (number, code) in counts else ("", code)] += 1
                while len(self._minutes) > MINUTES:
                    self._minutes.pop(next(iter(self._minutes)), None)

    def counts(self) -> Counter[tuple[str, str]]:
        """By tracker and code, of the last minutes; a clock that was put makes nothing older than it was."""
        now = self._clock.now() // _MINUTE_US
        total: Counter[tuple[str, str]] = Counter()
        for minute, counts in list(self._minutes.items()):
            if abs(now - minute) < MINUTES:
                total.update(dict(counts))
        return total

    def words(self) -> Words | None:
        """The most frequent troubles as one sentence; None where there is none."""
        found = self.counts().most_common()
        if not found:
            return None
        en = "; ".join(f"{f'tracker {number}' if number else 'unknown'} {TROUBLE[code].en} ({count:,})" for (number, code), count in found[:_NAMED])
        zh = "；".join(f"{f'终端 {number}' if number else '未知终端'}{TROUBLE[code].zh}（{count:,} 次）" for (number, code), count in found[:_NAMED])
        more, more_zh = (f"; {len(found) - _NAMED} more", f"；另有 {len(found) - _NAMED} 项") if len(found) > _NAMED else ("", "")
        return Words(f"Refused in the last {MINUTES} min: {en}{more}.", f"最近 {MINUTES} 分钟被拒绝：{zh}{more_zh}。")
