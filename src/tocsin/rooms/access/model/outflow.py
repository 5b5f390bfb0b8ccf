"""How exports are decided: a second person approves what they were shown; a copy goes out while it is approved, in time and in number."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.facts.access import (
    ExportApproved,
    ExportAsked,
    ExportDelivered,
    ExportPreviewed,
    ExportRefused,
    ExportWithdrawn,
    LeakTraced,
    RecordsDelivered,
)
from tocsin.kernel import FIELDS, Command, Fact, Refused, Sealed
from tocsin.rooms.access.commands.outflow import (
    ApproveExport,
    AskExport,
    KeepDelivery,
    KeepPreview,
    KeepTrace,
    RefuseExport,
    WithdrawExport,
)
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import ExportNow, State

LONGEST_DAYS = 366
_A_FACT = 60
_S = 1_000_000
_DAY = 86_400 * _S


class OutflowTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a city says of what leaves it: the least count that statistics tell."""

    least_count: Annotated[int, Meta(ge=2, le=100)] = 5
    sample: bool = False


def _ask(state: State, command: AskExport) -> tuple[Fact, ...]:
    if command.what in ("incidents", "statistics"):
        if not command.since < command.until:
            raise Refused("period_wrong", "Say from when until when, the earlier first.", "请填写起止时间，且开始早于结束。", field="until", status=422)
        if command.until - command.since > LONGEST_DAYS * _DAY:
            raise Refused("period_long", f"At most {LONGEST_DAYS} days at once; ask for the rest separately.", f"一次最多 {LONGEST_DAYS} 天，其余请另行申请。", field="until", status=422)
    elif not command.about:
        raise Refused("about_missing", "Say which incident or record it is about.", "请填写所涉警情或记录。", field="about", status=422)
    if command.fields and command.what in ("statistics", "facts"):
        raise Refused("fields_not_here", "Statistics and lists of facts hold no personal fields; ask for none.", "统计和事实清单不含个人信息字段，请勿选择。", field="fields", status=422)
    if "file" in command.fields and command.what != "story":
        raise Refused("files_not_here", "Files are given out with one incident's story.", "附件只能随单个警情的经过一并提供。", field="fields", status=422)
    record = f"export:{command.number}"
    return (ExportAsked(
        export=command.number, what=command.what, fields=tuple(name for name in FIELDS if name in command.fields), recipient_kind=command.recipient_kind,
        recipient=Sealed(record, command.recipient), basis=Sealed(record, command.basis), expires_at=command.now + command.days * _DAY,
        copies=command.copies, since=command.since, until=command.until, kinds=command.kinds, area=command.area,
        about=command.about.removeprefix("incident:"), tongue=command.tongue),)


def _preview(state: State, command: KeepPreview) -> tuple[Fact, ...]:
    now = _waiting(state, command.export, command.now)
    if command.by == now.by:
        raise Refused("approve_own", "A second person looks at what you asked for; ask another supervisor.", "须由第二人查看您的申请，请联系其他主管。", field="export", status=403)
    return (ExportPreviewed(export=command.export, as_of=command.as_of, rows=command.rows, records=command.records, files=command.files),)


def _approve(state: State, command: ApproveExport) -> tuple[Fact, ...]:
    now = _waiting(state, command.export, command.now)
    if command.by == now.by:
        raise Refused("approve_own", "A second person approves what you asked for; ask another supervisor.", "须由第二人批准您的申请，请联系其他主管。", field="export", status=403)
    shown = now.previews.get(command.preview)
    if shown is None or shown[0] != command.by:
        raise Refused("preview_first", "Look at the preview first, and approve what you were shown.", "请先查看预览，再批准您所看到的内容。", field="preview")
    return (ExportApproved(export=command.export, preview=command.preview, as_of=shown[1]),)


def _refuse(state: State, command: RefuseExport) -> tuple[Fact, ...]:
    now = _waiting(state, command.export, command.now)
    if command.by == now.by:
        raise Refused("refuse_own", "Withdraw what you asked for yourself.", "本人的申请请直接撤回。", field="export", status=403)
    return (ExportRefused(export=command.export, reason=Sealed(f"export:{command.export}", command.reason)),)


def _withdraw(state: State, command: WithdrawExport) -> tuple[Fact, ...]:
    now = known(state, command.export)
    if command.by != now.by and not command.over:
        raise Refused("not_yours", "Only the one who asked, or a supervisor, withdraws it.", "只有申请人或主管可以撤回。", field="export", status=403)
    if now.ended:
        raise _ended(command.export, now)
    return (ExportWithdrawn(export=command.export),)


def _deliver(state: State, command: KeepDelivery) -> tuple[Fact, ...]:
    now = deliverable(state, command.export, command.by, over=command.over, now=command.now)
    if command.copy != now.delivered + 1:
        raise Refused("copy_taken", "Another copy went out meanwhile; try again.", "期间已有另一份副本发出，请重试。")
    groups: dict[tuple[str, ...], list[str]] = {}
    for record, fields in sorted(command.records.items()):
        groups.setdefault(fields, []).append(record)
    parts = [RecordsDelivered(export=command.export, copy=command.copy, records=tuple(records[at:at + _A_FACT]), fields=fields)
             for fields, records in groups.items() for at in range(0, len(records), _A_FACT)]
    return (ExportDelivered(export=command.export, copy=command.copy, rows=command.rows, records=len(command.records), manifest=command.manifest,
                            files=command.files), *parts)


def _trace(state: State, command: KeepTrace) -> tuple[Fact, ...]:
    return (LeakTraced(sha256=command.sha256, layer=command.layer, export=command.export, chance=command.chance),)


def deliverable(state: State, export: str, by: str, *, over: bool, now: int) -> ExportNow:
    """The export as it stands, if this person may be given a copy of it now; refused otherwise."""
    held = known(state, export)
    if by != held.by and not over:
        raise Refused("not_yours", "Only the one who asked, or a supervisor, takes a copy.", "只有申请人或主管可以领取副本。", field="export", status=403)
    if held.ended:
        raise _ended(export, held)
    if not held.approved_by:
        raise Refused("export_not_approved", f"Nobody has approved export {export} yet.", f"对外提供申请 {export} 尚未批准。", field="export", status=403)
    _in_time(export, held, now)
    if held.delivered >= held.copies:
        raise Refused("export_spent", f"All {held.copies} copies of {export} were given out; ask for a new export.", f"{export} 的 {held.copies} 份副本均已发出，请另行申请。", field="export", status=410)
    return held


def known(state: State, export: str) -> ExportNow:
    """The export as the histories leave it; refused where there is none."""
    held = state.exports.get(export)
    if held is None:
        raise Refused("export_unknown", f"there is no export {export}", f"没有对外提供申请 {export}", field="export", status=404)
    return held


def _waiting(state: State, export: str, now: int) -> ExportNow:
    held = known(state, export)
    if held.ended:
        raise _ended(export, held)
    if held.approved_by:
        raise Refused("export_decided", f"Export {export} was approved already.", f"对外提供申请 {export} 已批准。", field="export")
    _in_time(export, held, now)
    return held


def _in_time(export: str, held: ExportNow, now: int) -> None:
    if now >= held.expires_at:
        raise Refused("export_expired", f"Export {export} has expired; ask for a new one.", f"对外提供申请 {export} 已过期，请另行申请。", field="export", status=410)


def _ended(export: str, held: ExportNow) -> Refused:
    if held.ended == "withdrawn":
        return Refused("export_withdrawn", f"Export {export} was withdrawn.", f"对外提供申请 {export} 已撤回。", field="export", status=410)
    return Refused("export_decided", f"Export {export} was refused.", f"对外提供申请 {export} 已被拒绝。", field="export")


DECISIONS: dict[type[Command], Decision] = {AskExport: _ask, KeepPreview: _preview, ApproveExport: _approve, RefuseExport: _refuse, WithdrawExport: _withdraw,
                                            KeepDelivery: _deliver, KeepTrace: _trace}
