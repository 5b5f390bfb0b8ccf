"""The simulated crews' ears: messages to their units are received, read and answered, and a welfare check gets its word."""

from tocsin.kernel import Instant
from tocsin.rooms.dispatch.commands import AcknowledgeTimer
from tocsin.rooms.messages.commands import AnswerMessage, MarkDelivered, MarkRead
from tocsin.rooms.messages.views import MessageRow
from tocsin.sim.desk import Desk
from tocsin.sim.floor import Floor

_SECOND = 1_000_000
_READS: Instant = 8 * _SECOND
_ANSWERS: Instant = 20 * _SECOND
_MOST_A_STEP = 20


class Radio:
    """Speaks for every unit on duty, a few words a step; what was said stands on the board, so nothing is remembered here."""

    def __init__(self, crews: Desk) -> None:
        self._crews = crews

    def step(self, now: Instant, floor: Floor) -> None:
        """Say what is due by now."""
        left = _MOST_A_STEP
        for row in floor.timers().values():
            if left and row.condition == "at_scene_silent" and row.step and row.unit in floor.units() and now - row.escalated_at >= _ANSWERS:
                self._crews.do(AcknowledgeTimer(timer=row.id, word="All well."))
                left -= 1
        for message in floor.messages().values():
            for recipient in message.recipients:
                if left and recipient.startswith("unit:") and recipient[5:] in floor.units():
                    left -= self._hear(now, message, recipient)

    def _hear(self, now: Instant, row: MessageRow, recipient: str) -> int:
        """The next thing that this crew does with this message; 1 where it did something."""
        age = now - row.sent_at
        if recipient not in row.delivered:
            self._crews.do(MarkDelivered(message=row.id, recipient=recipient))
        elif recipient not in row.read and age >= _READS:
            self._crews.do(MarkRead(message=row.id, recipient=recipient))
        elif row.answer_by and recipient not in row.answered and age >= _ANSWERS:
            self._crews.do(AnswerMessage(message=row.id, recipient=recipient, text="Copied."))
        else:
            return 0
        return 1
