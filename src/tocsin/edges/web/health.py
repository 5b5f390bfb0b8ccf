"""What the floor leans on and how it stands: each part that fails by name, with what that means and what still works."""

import os
from pathlib import Path

import msgspec

from tocsin.house import House
from tocsin.kernel import Words

_SILENT_S = 180
_LOW_BYTES, _FULL_BYTES = 2 << 30, 16 << 20
_US = 1_000_000


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is leaned on. `state` is `ok`, `low` (act soon) or `failed`; where it is not `ok`, what that means for the floor."""

    name: str
    state: str = "ok"
    says: Words | None = None
    works: Words | None = None
    """What still works, and what to do."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the house is up, how far its ledger reaches, and how each part stands that it leans on."""

    ok: bool
    head: int
    parts: tuple[Part, ...] = ()


def health(house: House, data: Path, city_folder: Path) -> Health:
    """How everything stands at this moment; quick enough for every console to ask every few seconds."""
    return Health(ok=True, head=house.ledger.head(), parts=(
        _ledger(house, data), _disk(data), _positions(house), _tiles(city_folder), _routing(house), _pictures(house), *_witnesses(house)))


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _ledger(house: House, data: Path) -> Part:
    code = house.unkept
    if not code or (code == "ledger.full" and _free(data) >= _FULL_BYTES):
        return Part(name="ledger")
    return Part(name="ledger", state="failed",
                says=Words("Nothing new can be kept: the ledger's disk is full or failing.", "无法保存新内容：账本磁盘已满或故障。"),
                works=Words("The board, map, stories and offers made before can be read. Calls and sendings go on paper (d) until the disk is mended.",
                            "态势、地图、处警记录及已有推荐仍可查看。磁盘恢复前，接警与派警请改用纸单（d）。"))


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
    heard = max((row.heard_at for row in house.positions().values()), default=0)
    since = max(heard, min((int(getattr(row, "since", now)) for row in units.values()), default=now))
    if not units or now - since <= silent_us:
        return Part(name="positions")
    minutes = (now - since) // (60 * _US)
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
