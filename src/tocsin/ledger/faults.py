"""What the ledger answers when it cannot keep or be trusted: expected refusals, and one fault with its remedy."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from tocsin.kernel import Fault, Refused


class Moved(Exception):
    """A guarded tag grew after the position its asker decided on; decide again on what is there now, and retry."""

    def __init__(self, tag: str, after: int, latest: int) -> None:
        super().__init__(f"{tag} moved: decided at {after}, kept since at {latest}")
        self.tag, self.after, self.latest = tag, after, latest


class LedgerFault(Fault):
    """A ledger that must not be used as it stands; the sentence says what to do about it."""


class LedgerFull(Refused):
    """The disk has no room: nothing was kept, reading goes on, and keeping goes on by itself once there is room."""

    def __init__(self) -> None:
        super().__init__("ledger.full", "The ledger's disk is full: this was not kept. Make room and try again.",
                         "账本所在磁盘已满，本次未保存。请清理空间后重试。", status=507)


class LedgerClosed(Refused):
    """The ledger is shut: nothing is taken any more."""

    def __init__(self) -> None:
        super().__init__("ledger.closed", "The ledger is closed: this was not kept.", "账本已关闭，本次未保存。",
                         status=503)


class Overloaded(Refused):
    """More is waiting to be kept than the ledger's queue holds: nothing of this was kept, try again shortly."""

    def __init__(self) -> None:
        super().__init__("ledger.overloaded", "Too much is waiting to be kept: this was not. Try again in a moment.",
                         "待保存的内容过多，本次未保存，请稍后重试。", status=503)


class Unreadable(Refused):
    """The store did not answer a reading."""

    def __init__(self) -> None:
        super().__init__("ledger.unreadable", "The ledger cannot be read at this moment. Try again; if it goes on, its disk or database needs help.",
                         "暂时无法读取账本，请重试；如持续出现，请检查磁盘或数据库。", status=503)


class DiskFailed(Refused):
    """The disk failed and, read again, the ledger does not hold this: it was certainly not kept."""

    def __init__(self) -> None:
        super().__init__("ledger.disk-failed", "The ledger's disk or database failed: this was not kept. Try again.",
                         "账本磁盘或数据库出错，本次未保存，请重试。", status=503)


@contextmanager
def disk_faults() -> Iterator[None]:
    """Turn what the system says of a file that is not the ledger's own into the ledger's refusals."""
    try:
        yield
    except OSError as error:
        raise (LedgerFull() if error.errno in (errno.ENOSPC, errno.EDQUOT) else DiskFailed()) from error


class Uncertain(Refused):
    """The disk failed and cannot be read yet: nobody can say whether this was kept; a retry with its key is safe."""

    def __init__(self) -> None:
        super().__init__("ledger.uncertain", "The ledger's disk or database failed and cannot be read: whether this was kept is "
                         "not known. Try again with the same key; it will be kept once.",
                         "账本磁盘或数据库出错且暂不可读，无法确认是否已保存。请用同一标识重试，只会保存一次。", status=503)
