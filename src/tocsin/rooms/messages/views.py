"""What is seen of messages: rows without a word of their text, and a thread with its texts, whose opening is kept."""

import msgspec

from tocsin.facts.messages import MessageDelivered, MessageRead, MessageSent
from tocsin.kernel import Kept, Picture, Refused, Row, Sight, View
from tocsin.rooms.messages.commands import ReadMessage

MOST = 500
"""How many messages are on the board; the oldest leaves it, and is still in the ledger and in its incident's story."""


class MessageRow(Row, frozen=True, kw_only=True, tag="message"):
    """A message on the board: from whom, to whom, and which recipients have it, read it and answered it. It has no text."""

    sender: str
    to_kind: str
    to: str
    recipients: tuple[str, ...]
    incident: str
    urgent: bool
    sent_at: int
    answer_by: int
    """When an answer is wanted by; 0: none is."""
    answers: str
    thread: str
    """The first message of its thread; its own number, where it is that."""
    delivered: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


class Messages(Picture):
    """The newest messages by number."""

    name = "message"
    row_type = MessageRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        match fact:
            case MessageSent():
                return self._sent(fact, kept.entry.happened_at)
            case MessageDelivered() | MessageRead():
                row = self.rows.get(fact.message)
                if not isinstance(row, MessageRow):
                    return ()
                delivered = row.delivered if fact.recipient in row.delivered else (*row.delivered, fact.recipient)
                read = (*row.read, fact.recipient) if isinstance(fact, MessageRead) else row.read
                self.rows[row.id] = msgspec.structs.replace(row, delivered=delivered, read=read)
                return (row.id,)
        return ()

    def _sent(self, fact: MessageSent, at: int) -> tuple[str, ...]:
        self.rows[fact.message] = MessageRow(
            id=fact.message, sender=fact.sender, to_kind=fact.to_kind, to=fact.to, recipients=fact.recipients, incident=fact.incident,
            urgent=fact.urgent, sent_at=at, answer_by=at + fact.answer_by_s * 1_000_000 if fact.answer_by_s else 0, answers=fact.answers,
            thread=fact.thread or fact.message)
        changed = [fact.message]
        first = self.rows.get(fact.answers)
        if isinstance(first, MessageRow) and fact.answered_as not in first.answered:
            # Whoever answers has read: nobody has to say so twice.
            held = {name: (*getattr(first, name), fact.answered_as) for name in ("delivered", "read", "answered")
                    if fact.answered_as not in getattr(first, name)}
            self.rows[first.id] = msgspec.structs.replace(first, **held)
            changed.append(first.id)
        while len(self.rows) > MOST:
            oldest = next(iter(self.rows))
            del self.rows[oldest]
            changed.append(oldest)
        return tuple(changed)


class Said(View, frozen=True, kw_only=True):
    """One message of a thread with its text; None where its key was destroyed."""

    message: str
    sender: str
    to_kind: str
    to: str
    recipients: tuple[str, ...]
    text: str | None
    urgent: bool
    sent_at: int
    by: str


class Thread(View, frozen=True, kw_only=True):
    """A message and its answers, in order."""

    thread: str
    incident: str
    said: tuple[Said, ...]


def read_message(ask: ReadMessage, sight: Sight) -> Thread:
    """The thread that a message stands in. A crew is shown those of units alone."""
    history = sight.history(f"message:{ask.message}")
    own = next((kept.fact for kept in history if isinstance(kept.fact, MessageSent) and kept.fact.message == ask.message), None)
    if own is None:
        raise Refused("message_unknown", f"there is no message {ask.message}", f"没有消息 {ask.message}", field="message", status=404)
    if own.thread:
        history = sight.history(f"message:{own.thread}")
    sent = [(kept, kept.fact) for kept in history if isinstance(kept.fact, MessageSent)]
    desk = sight.roles & {"call_taker", "dispatcher", "supervisor", "auditor"}
    if not desk and not any(one.startswith("unit:") for _, fact in sent for one in (fact.sender, *fact.recipients)):
        raise Refused("not_yours", "this message is between desks", "该消息为席位之间的消息", field="message", status=403)
    return Thread(thread=own.thread or own.message, incident=own.incident, said=tuple(
        Said(message=fact.message, sender=fact.sender, to_kind=fact.to_kind, to=fact.to, recipients=fact.recipients,
             text=sight.opened(fact.text), urgent=fact.urgent, sent_at=kept.entry.happened_at, by=kept.entry.by) for kept, fact in sent))
