"""The messages' menu: send, mark, answer, read; for the floor and for crews."""

from tocsin.kernel import Door, Role, Room
from tocsin.rooms.messages.commands import AnswerMessage, MarkDelivered, MarkRead, PostMessage, ReadMessage, SendMessage
from tocsin.rooms.messages.model import State, decide, evolve
from tocsin.rooms.messages.views import Messages, read_message

_ALL: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder")
_ONE = "/api/messages/{message}"

DOORS = (
    Door(verb="POST", path="/api/messages", asks=SendMessage, roles=_ALL, purpose="response",
         says="Send a message to a unit, a role, a person, a station, a skill, an area, an incident's units, or everyone on duty."),
    Door(verb="POST", path=f"{_ONE}/delivered", asks=MarkDelivered, roles=_ALL, purpose="response",
         says="Say that a recipient's device or desk has a message."),
    Door(verb="POST", path=f"{_ONE}/read", asks=MarkRead, roles=_ALL, purpose="response", says="Say that a recipient has opened a message."),
    Door(verb="POST", path=f"{_ONE}/answer", asks=AnswerMessage, roles=_ALL, purpose="response", says="Answer a message."),
    Door(verb="GET", path=_ONE, asks=ReadMessage, roles=(*_ALL, "auditor"), purpose="response", also=("oversight",), glass=True,
         says="A message and its answers with their texts; the opening is kept."),
)


def room() -> Room:
    """The messages' room; it needs nothing from outside."""
    return Room(name="messages", doors=DOORS, state=State, evolve=evolve, decide=decide,
                commands=(SendMessage, PostMessage, AnswerMessage, MarkDelivered, MarkRead), pictures=(Messages(),),
                answers={ReadMessage: read_message})
