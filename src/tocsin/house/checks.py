"""What the house looks at before it keeps or shows anything: times as said, cursors as sent, roles as held."""

from collections.abc import Sequence

from tocsin.kernel import Command, Instant, Refused

_FUTURE_US = 120 * 1_000_000


def plausible(command: Command, now: Instant) -> Instant:
    """When a command says that it happened; refused where that is not yet."""
    said = command.happened_at
    if command.paper and said is None:
        raise Refused("paper_without_time", "What is entered from paper needs the time it happened.", "纸单补录须填写实际发生时间。",
                      field="happened_at", status=422)
    if said is None:
        return now
    if not 0 < said <= now + _FUTURE_US:
        raise Refused("happened_in_future", "This is said to have happened in the future; check the sender's clock.",
                      "所报发生时间晚于当前时间，请检查发送方时钟。", field="happened_at", status=422)
    return said


def trail_refusal(verdict: str) -> str:
    """The code by which a position was refused; empty where it was taken."""
    return "" if verdict in ("kept", "late", "repeated") else verdict


def cursor(since: str | None, era: str = "") -> tuple[int, int]:
    """What a reader has seen; nothing that is known here, where its cursor is none or of another era."""
    since = since or ""
    first, _, second = since.removesuffix(era).partition(".") if since.endswith(era) else ("", "", "")
    return (int(first), int(second)) if first.isdecimal() and second.isdecimal() and len(first) + len(second) < 38 else (-1, -1)


def role_missing(path: str, roles: Sequence[str], *, glass: bool = False) -> Refused:
    """The no to somebody whose roles do not open a door; with `glass` it says that breaking the glass would."""
    en, zh = (" If it cannot wait, break the glass.", "情况紧急时可启动紧急访问。") if glass else ("", "")
    return Refused("role_missing", f"This needs one of the roles {', '.join(roles)}; ask your supervisor for it.{en}",
                   f"此操作需要以下角色之一：{'、'.join(roles)}；请向主管申请。{zh}", status=403)
