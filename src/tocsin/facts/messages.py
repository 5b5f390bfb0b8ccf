"""What is kept of messages between desks and units: sent to whom exactly, and what each of them did with it."""

from tocsin.kernel import Fact, Sealed, fact


class MessageFact(Fact, frozen=True, kw_only=True):
    """A fact of one message. `message:{…}` is a thread's history too: an answer stands in its first message's."""

    message: str

    def tags(self) -> tuple[str, ...]:
        return (f"message:{self.message}",)


@fact("messages.message-sent")
class MessageSent(MessageFact, frozen=True, kw_only=True):
    """A message went out. `recipients` are who it was for at that moment: `unit:E7`, `role:supervisor`, `person:…`.

    `to_kind` and `to` are how the sender said it (a station, an area, an incident's units), and `sender` is written like a
    recipient. An answer names the message it `answers`, the first one of its `thread`, and for whom it is (`answered_as`).
    """

    sender: str
    to_kind: str
    to: str
    recipients: tuple[str, ...]
    text: Sealed
    incident: str = ""
    urgent: bool = False
    answer_by_s: int = 0
    answers: str = ""
    answered_as: str = ""
    thread: str = ""
    ring: tuple[tuple[float, float], ...] = ()
    """The area's outline as (lon, lat), where it was sent to one."""

    def tags(self) -> tuple[str, ...]:
        thread = (f"message:{self.thread}",) if self.thread else ()
        return (f"message:{self.message}", *thread, *((f"messages:{self.incident}",) if self.incident else ()))


class ReceiptFact(MessageFact, frozen=True, kw_only=True):
    """What one recipient's side did with a message."""

    recipient: str


@fact("messages.message-delivered")
class MessageDelivered(ReceiptFact, frozen=True, kw_only=True):
    """A recipient's device or desk has the message."""


@fact("messages.message-read")
class MessageRead(ReceiptFact, frozen=True, kw_only=True):
    """Somebody at a recipient's side opened the message."""
