"""What the floor leans on and how it stands: each part that fails by name, with what that means and what still works."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from tocsin.house import ALONE, SILENT_S, House, Stand
from tocsin.house.saving import drill
from tocsin.house.saving.back_up import last_run
from tocsin.kernel import Instant, Words

_SILENT_S = 180
MOST_BEHIND = 5_000
"""Entries: what one reading of a follower brings. Whoever is further behind could not take over at once."""
_AWRY_S, _WRONG_S = 0.5, 5.0
_OVERFULL_S = 30.0
_BACKUP_S = 86_400
_DRILLED_DAYS = 30
_LOW_BYTES, _FULL_BYTES = 2 << 30, 16 << 20
_US = 1_000_000


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is leaned on. `state` is `ok`, `low` (act soon) or `failed`; where it is not `ok`, what that means for the floor."""

    name: str
    state: str = "ok"
    says: Words | None = None
    works: Words | None = None
    """What still works, and what to do."""
    since: Instant = 0
    """Since when it stands so, as far as this node has seen."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the house is up, how far its ledger reaches, and how each part stands that it leans on."""

    ok: bool
    head: int
    parts: tuple[Part, ...] = ()


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A part and how it stands, without a word on what that means for a city."""

    name: str
    state: str


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody may know: whether nothing has failed, whether this node reads and keeps, and each part by name. No figure of a city's work."""

    ok: bool
    reads: bool
    """Whether this node can answer questions; where it cannot, the status is 503 and a proxy sends people to another."""
    keeps: bool
    """Whether it kept what it was last asked to keep. One that only reads still shows the floor."""
    parts: tuple[Named, ...]


def health(house: House, data: Path, city_folder: Path, more: tuple[Part, ...] = ()) -> Health:
    """How everything stands at this moment; quick enough for every console to ask every few seconds."""
    return Health(ok=True, head=house.ledger.head(), parts=(
        _ledger(house, data), *_database(house), *_lead(house), *_followers(house), _disk(data), _clock(house), _lanes(house), _positions(house), _tiles(city_folder), _routing(house),
        _pictures(house), *_witnesses(house), *_backup(house, data), *more))


class Watched:
    """The health of one house, with since when each part stands as it does."""

    def __init__(self, house: House, data: Path, city_folder: Path, more: Callable[[], tuple[Part, ...]] = tuple) -> None:
        """`more` are the parts that whoever serves this house knows of."""
        self._house, self._data, self._city_folder, self._more = house, data, city_folder, more
        self._since: dict[str, tuple[str, Instant]] = {}

    def look(self) -> Health:
        """How everything stands now; called at least once a second by the pulse, so that nothing fails for long unseen."""
        now, found = self._house.clock.now(), health(self._house, self._data, self._city_folder, self._more())
        return msgspec.structs.replace(found, parts=tuple(msgspec.structs.replace(part, since=self._stood(part, now)) for part in found.parts))

    def outside(self) -> Outside:
        """The same for somebody who is not signed in."""
        parts = self.look().parts
        return Outside(ok=all(part.state != "failed" for part in parts), reads=self._house.pulse.reads, keeps=self._house.pulse.reads and not self._house.unkept,
                       parts=tuple(Named(name=part.name, state=part.state) for part in parts))

    def _stood(self, part: Part, now: Instant) -> Instant:
        state, since = self._since.get(part.name, ("", now))
        if state != part.state:
            self._since[part.name] = part.state, now
            return now
        return since


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _ledger(house: House, data: Path) -> Part:
    code, apart = house.unkept, house.ledger.apart
    if not apart and not house.pulse.reads:
        return Part(name="ledger", state="failed", says=Words("The records cannot be read.", "无法读取账本记录。"),
                    works=Words("The board, the map and positions go on from memory. Nothing can be kept and no story opened: calls and sendings go on paper (d). "
                                "The operator looks at the disk.", "态势、地图与定位由内存继续显示；暂时无法保存，也无法打开处警经过：接警与派警请改用纸单（d）。请运维检查磁盘。"))
    if not code or (code == "ledger.full" and not apart and _free(data) >= _FULL_BYTES) or (code != "ledger.full" and apart):
        return Part(name="ledger")
    return Part(name="ledger", state="failed",
                says=Words("Nothing new can be kept: the ledger's disk is full or failing.", "无法保存新内容：账本磁盘已满或故障。"),
                works=Words("The board, map, stories and offers made before can be read. Calls and sendings go on paper (d) until the disk is mended.",
                            "态势、地图、处警记录及已有推荐仍可查看。磁盘恢复前，接警与派警请改用纸单（d）。"))


def _database(house: House) -> tuple[Part, ...]:
    """Where the entries lie in a database: whether it answers, and whether what was last asked was surely kept."""
    if not house.ledger.apart:
        return ()
    if not house.pulse.reads:
        seconds = round(house.pulse.unread_s)
        return (Part(name="database", state="failed", says=Words(f"The database has not answered for {seconds} s.", f"数据库已 {seconds} 秒无应答。"),
                     works=Words("The board, the map and positions go on from memory. Nothing can be kept and no story opened: calls and sendings go on paper (d). "
                                 "Everything goes on by itself when the database is back.",
                                 "态势、地图与定位由内存继续显示；暂时无法保存，也无法打开处警经过：接警与派警请改用纸单（d）。数据库恢复后自动继续。")),)
    if house.unkept in ("", "ledger.full"):
        return (Part(name="database"),)
    return (Part(name="database", state="failed",
                 says=Words("The database can be read, but what it was last asked to keep may not have been kept.", "数据库可读，但最近一次保存是否成功无法确认。"),
                 works=Words("Everything can be read. Send it once more: it is kept once, however often it is sent. If that is refused too, go on on paper (d).",
                             "各项查阅正常。请再提交一次，重复提交只保存一次；若仍被拒绝，请改用纸单（d）。")),)


def _lead(house: House) -> tuple[Part, ...]:
    """Of a node that follows: whether anybody leads."""
    if house.ledger.leads or house.ledger.copied:  # a site has a floor, whose line is a part of its own
        return ()
    leader = house.ledger.leader()
    if leader is not None and leader.silent_s <= SILENT_S:
        return (Part(name="lead"),)
    return (Part(name="lead", state="failed", says=Words("No machine leads at this moment.", "当前没有主节点。"),
                 works=Words("What is shown stands. What is sent waits some seconds until another takes the lead, and is then done once; where it is refused, send it once more.",
                             "所示内容仍可查看。提交的操作会等待数秒，由接替的主节点执行一次；若被拒绝，请重新提交。")),)


def silent(one: Stand) -> bool:
    """Whether a node has not been heard of for so long that it is taken to be gone."""
    return one.silent_s > SILENT_S


def current(house: House) -> int:
    """How many nodes follow this one and could take over at once: heard of just now, and no more behind than one reading brings."""
    return sum(not silent(one) and one.behind <= MOST_BEHIND for one in house.pulse.others)


def _followers(house: House) -> tuple[Part, ...]:
    """Of one of several that leads: whether any other would take over. While the database is away nobody can be heard of, and that is said already."""
    if not house.ledger.leads or house.ledger.node is ALONE or not house.pulse.reads:
        return ()
    others, ready = house.pulse.others, current(house)
    gone = next((one for one in others if silent(one)), None)
    late = next((one for one in others if one.behind > MOST_BEHIND), None)
    if ready and gone is None and late is None:
        return (Part(name="followers"),)
    if gone is not None:
        says = Words(f"The machine {gone.node.name} has been silent for {round(gone.silent_s)} s.", f"节点 {gone.node.name} 已 {round(gone.silent_s)} 秒无消息。")
    elif late is not None:
        says = Words(f"The machine {late.node.name} is {late.behind:,} entries behind.", f"节点 {late.node.name} 落后 {late.behind:,} 条记录。")
    else:
        says = Words("No other machine follows this one.", "没有其他节点跟随本机。")
    works = Words("Everything works, and another still takes over if this one stops. The operator looks at that machine.", "一切正常；若本机停止，仍有其他节点接替。请运维检查该节点。")
    if not ready:
        works = Words("Everything works, but if this machine stops too, nobody takes over. The operator starts another now.",
                      "一切正常，但若本机也停止，将无节点接替。请运维立即启动其他节点。")
    return (Part(name="followers", state="low", says=says, works=works),)


def _clock(house: House) -> Part:
    """This machine's clock against itself and against the database's; nothing is said of a made clock."""
    pulse = house.pulse
    ahead_s, jump = pulse.ahead_s or 0.0, pulse.fresh_jump
    if abs(ahead_s) >= _AWRY_S:
        by, behind = f"{abs(ahead_s):.1f}", ahead_s > 0
        return Part(name="clock", state="failed" if abs(ahead_s) >= _WRONG_S else "low",
                    says=Words(f"This machine's clock is {by} s {'behind' if behind else 'ahead of'} the database's.", f"本机时钟比数据库{'慢' if behind else '快'} {by} 秒。"),
                    works=Words("Everything works; times that are kept are off by as much. The operator looks at what sets the clocks right (NTP).",
                                "一切正常，但所记时间有同样偏差。请运维检查时钟同步（NTP）。"))
    if jump is None:
        return Part(name="clock")
    far = f"{abs(jump.by_us) / _US:,.0f}"
    return Part(name="clock", state="low",
                says=Words(f"This machine's clock was put {'back' if jump.by_us < 0 else 'on'} by {far} s, or it stood still.", f"本机时钟被{'拨回' if jump.by_us < 0 else '拨快'} {far} 秒，或机器曾停顿。"),
                works=Words("Everything works. Ages and timers that began before are off by as much: go by what you know. Who was signed in may have to sign in again.",
                            "一切正常。此前开始的计时与定时提醒有同样偏差，请以实际情况为准；已登录人员可能需要重新登录。"))


def _lanes(house: House) -> Part:
    """Work of the response that was turned away lately. Whoever asks for a report too many is told so themselves, and nobody else."""
    refused = {pace for pace, taken in house.lanes.taken.items() if pace != "later" and taken.refused_within(_OVERFULL_S)}
    if not refused:
        return Part(name="lanes")
    if refused == {"look"}:
        return Part(name="lanes", state="low", says=Words("More questions are asked at once than can be answered.", "同时查询过多，部分查询被暂缓。"),
                    works=Words("Calls and sendings work. Stories, searches and lists may have to be asked for again; reports wait.", "接警与派警正常。处警经过、地点查询与列表可能需重试，报表暂缓。"))
    return Part(name="lanes", state="failed", says=Words("More is asked at once than the house can do: some calls or sendings were turned away.", "系统过载：部分接警或派警请求被拒绝。"),
                works=Words("Send once more what was refused; it is done once. Reports, exports and looking back wait. If it goes on, use paper (d).",
                            "请重新提交被拒绝的操作，重复提交只执行一次。报表、导出与回看暂缓。如持续，请改用纸单（d）。"))


def _disk(data: Path) -> Part:
    free = _free(data)
    if free >= _LOW_BYTES:
        return Part(name="disk")
    megabytes = free >> 20
    return Part(name="disk", state="low" if free >= _FULL_BYTES else "failed",
                says=Words(f"The records' disk has {megabytes} MB left.", f"记录磁盘仅剩 {megabytes} MB。"),
                works=Words("Everything works until it is full. Tell the operator now.", "写满之前一切正常，请立即通知运维。"))


def _positions(house: House) -> Part:
    """Nothing heard from any unit for a while although some are on duty: one device that is quiet is no fault of the house."""
    units = house.rows("unit")
    silent_us = round(_SILENT_S * house.speed) * _US
    now = house.clock.now()
    heard = max((one.fix.heard_at for one in house.trail.since(0) if one.fix is not None), default=0)
    since = max(heard, min((int(getattr(row, "since", now)) for row in units.values()), default=now))
    # A clock that was put back makes what was heard before lie in the future; that says no more of now than what is as old.
    if not units or abs(now - since) <= silent_us:
        return Part(name="positions")
    minutes = abs(now - since) // (60 * _US)
    return Part(name="positions", state="failed",
                says=Words(f"No unit's position has been heard for {minutes} min.", f"已 {minutes} 分钟未收到任何单位定位。"),
                works=Words("Calls and sendings work. Units that are away from their station cannot be ranked: ask for their place by radio.",
                            "接警与派警正常。离站单位无法参与排序，请用电台询问位置。"))


def _tiles(city_folder: Path) -> Part:
    if (city_folder / "basemap.pmtiles").is_file():
        return Part(name="tiles")
    return Part(name="tiles", state="failed", says=Words("The map's streets are missing.", "地图底图缺失。"),
                works=Words("Units and incidents are still drawn in their places; search, routes and ranking work. Go by the addresses in the lists.",
                            "单位与警情仍按位置显示；地点查询、路线和推荐正常。请以列表中的地址为准。"))


def _routing(house: House) -> Part:
    if not house.roadless:
        return Part(name="routing")
    return Part(name="routing", state="failed", says=Words("Driving times cannot be computed.", "无法计算行车时间。"),
                works=Words("No unit is recommended and no arrival time is given; none is guessed. Send by station and run card: 'E7 31'.",
                            "暂不推荐单位，也不给出预计到场时间（绝不猜测）。请按辖区与出动卡直接派：“E7 31”。"))


def _backup(house: House, data: Path) -> tuple[Part, ...]:
    """Where copies are made at all: whether they are of the newest rotation (an older one brings nothing back that was sealed), whether the last
    run is a day old, and whether the last drill is sound and not too long ago."""
    behind, last = house.forgetting.copies_behind(), drill.last(data)
    if behind is None and last is None:
        return ()
    now, saved = house.clock.now(), last_run(data)
    if behind:
        return (_low("A copy of the records or of their key is older than the last rotation of keys.", "记录或密钥的备份早于最近一次密钥轮换。",
                     "Everything works. Copy both again: `tocsin backup run` and `tocsin vault key`.", "一切正常。请重新备份：`tocsin backup run` 与 `tocsin vault key`。"),)
    if saved is not None and now - saved.at > _BACKUP_S * _US:
        hours = (now - saved.at) // (3_600 * _US)
        return (_low(f"The last backup is {hours} h old.", f"最近一次备份已是 {hours} 小时前。",
                     "Everything works; what came since would be lost with this machine. See to `tocsin backup run`.", "一切正常，但若本机丢失，此后的记录将无法找回。请检查 `tocsin backup run`。"),)
    if last is not None and not last.ok:
        return (_low("The last drill did not bring the backup back sound.", "最近一次恢复演练未通过。",
                     "Everything works, and nobody knows whether the backup would help. Tell the operator now.", "一切正常，但备份能否恢复尚无把握，请立即通知运维。"),)
    if last is None and saved is not None and now - saved.since > _DRILLED_DAYS * 86_400 * _US:
        return (_low("The backup was never brought back in a drill.", "备份从未做过恢复演练。",
                     "Everything works, and nobody knows whether the backup would help. Run `tocsin restore --drill`.", "一切正常，但备份能否恢复尚无把握。请运行 `tocsin restore --drill`。"),)
    if last is not None and now - last.at > last.again_within_days * 86_400 * _US:
        days = (now - last.at) // (86_400 * _US)
        return (_low(f"The last drill of bringing the backup back was {days} days ago.", f"最近一次恢复演练是 {days} 天前。",
                     "Everything works. Run `tocsin restore --drill`.", "一切正常。请运行 `tocsin restore --drill`。"),)
    return (Part(name="backup"),)


def _low(says_en: str, says_zh: str, works_en: str, works_zh: str) -> Part:
    return Part(name="backup", state="low", says=Words(says_en, says_zh), works=Words(works_en, works_zh))


def _pictures(house: House) -> Part:
    missed = house.missed
    if not missed:
        return Part(name="pictures")
    first = min(missed.values())
    return Part(name="pictures", state="failed",
                says=Words(f"A fault in Tocsin: {', '.join(missed)} could not take in entry {first} and may lack what it says.",
                           f"Tocsin 程序故障：{'、'.join(missed)} 未能读入第 {first} 条记录，所示可能有缺。"),
                works=Words("Calls, sendings and the ledger work, and each incident's story is whole. Tell the operator; a mended version shows all again.",
                            "接警、派警和账本正常，各警情的处警经过完整。请通知运维；修复后将完整恢复。"))


def _witnesses(house: House) -> tuple[Part, ...]:
    """Whether enough witnesses have cosigned the ledger lately; no part at all where the operator named none."""
    standing = house.witnessed.standing()
    if standing is None:
        return ()
    if not standing.late_s:
        return (Part(name="witnesses"),)
    minutes, missing = standing.late_s // 60, standing.missing
    return (Part(name="witnesses", state="failed",
                 says=Words(f"The ledger has not been witnessed for {minutes} min; nothing was heard of {', '.join(missing)}.",
                            f"账本已 {minutes} 分钟未获见证；未收到 {'、'.join(missing)} 的签名。"),
                 works=Words("Everything works and is kept; for the time being nobody outside can vouch for it. Tell the operator; if the witnesses are "
                             "running, ask them why they do not sign.", "一切正常且照常留存，但暂无外部机构可以作证。请通知运维；若见证方正在运行，请询问其拒签原因。")),)
