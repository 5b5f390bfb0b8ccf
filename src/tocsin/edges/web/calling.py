"""The lines of being called: how one can be reached oneself, this browser's pushes, somebody's ways by an administrator; and calling as a part of health."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.edges.gateways.calling.push import known
from tocsin.edges.gateways.calling.reaches import Reaches
from tocsin.edges.gateways.calling.sealed_push import NoKey, Signer, seal
from tocsin.edges.gateways.calling.senders import Lang, Reach, Subscription
from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.health import Part
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.facts.access import WaysGiven
from tocsin.house import House
from tocsin.kernel import Refused, Role, Words, from_instant
from tocsin.rooms.calling.model import CallingTable
from tocsin.rooms.calling.views import CalloutRow

Number = Annotated[str, Meta(max_length=20, pattern=r"^(\+?[0-9]{6,19})?$")]
Address = Annotated[str, Meta(max_length=200, pattern=r"^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)?$")]
_CREW: tuple[Role, ...] = ("responder", "supervisor")
_MOST_CODES = 3


class GiveReach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's number for short messages and one's mail, in place of what was given before; an empty one takes it away."""

    sms: Number = ""
    mail: Address = ""
    lang: Lang = "en"


class GiveTheirReach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same for somebody else."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    sms: Number = ""
    mail: Address = ""
    lang: Lang = "en"


class ReachView(msgspec.Struct, frozen=True, kw_only=True):
    """How one can be reached, as one gave it, and by what this city calls people, in order. `key` is what a browser subscribes with."""

    sms: str
    mail: str
    lang: Lang
    browsers: int
    means: tuple[str, ...]
    key: str


class EndPush(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which browser is to be pushed to no more."""

    endpoint: Annotated[str, Meta(min_length=8, max_length=1_000)]


class GivePush(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A browser's subscription: where its push service takes pushes for it, and the keys that they are sealed for."""

    endpoint: Annotated[str, Meta(min_length=8, max_length=1_000)]
    p256dh: Annotated[str, Meta(min_length=80, max_length=100)]
    auth: Annotated[str, Meta(min_length=16, max_length=40)]
    lang: Lang = "en"


class CallingLines:
    """The lines. What is given is kept sealed; that it was given, of which kinds and by whom, is a fact."""

    def __init__(self, house: House, coming: Coming, table: CallingTable, reaches: Reaches, signer: Callable[[], Signer], *, loopback: bool = False) -> None:
        self._house, self._coming, self._table, self._reaches, self._loopback = house, coming, table, reaches, loopback
        self._signer = signer

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="GET", path="/api/account/reach", roles=(), purpose="access", asks=Nothing, answers=ReachView, act=self.see,
                 says="How one can be reached oneself when one is on duty, and by what this city calls people."),
            Line(verb="POST", path="/api/account/reach", roles=(), purpose="access", asks=GiveReach, act=self.give,
                 says="Give one's own number and mail for being called on duty, or take them away."),
            Line(verb="POST", path="/api/people/reach", roles=("admin",), purpose="access", asks=GiveTheirReach, act=self.give_theirs, fresh=True,
                 says="Give somebody's number and mail for being called on duty; they are shown to nobody else."),
            Line(verb="POST", path="/api/field/push", roles=_CREW, purpose="response", asks=GivePush, act=self.subscribe,
                 says="Let this browser be pushed to when one is called on duty."),
            Line(verb="POST", path="/api/field/push/end", roles=_CREW, purpose="response", asks=EndPush, act=self.unsubscribe,
                 says="Let this browser be pushed to no more."),
        ]

    def parts(self) -> tuple[Part, ...]:
        """Calling as a part of health; none where the city calls nobody."""
        if not self._table.means:
            return ()
        dead = [row for row in self._house.rows("callout").values() if isinstance(row, CalloutRow) and row.over]
        if not dead:
            return (Part(name="calling"),)
        people, since = len({row.person for row in dead}), from_instant(min(row.at for row in dead)).astimezone(self._house.zone)
        codes = ", ".join(sorted({f"{row.means or '–'} {row.code}" for row in dead})[:_MOST_CODES])
        return (Part(name="calling", state="low", says=Words(f"People who could not be called since {since:%H:%M}: {people} ({codes}).", f"自 {since:%H:%M} 起呼叫未送达 {people} 人（{codes}）。"),
                     works=Words("Everything else works. Call these units by radio; they are marked. no_answer: nobody acknowledged; no_way: they gave no phone, number or mail; "
                                 "else the operator looks at that gateway.",
                                 "其他正常。请用电台呼叫已标记的单位。no_answer：无人确认；no_way：未登记手机、号码或邮箱；其他代码请运维检查相应网关。")),)

    async def see(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        person, _ = self._coming.who(asked.known)
        reach = self._reaches.of(person.name)
        return ReachView(sms=reach.sms, mail=reach.mail, lang=reach.lang, browsers=len(reach.pushes), means=tuple(one.kind for one in self._table.means), key=self._signer().public)

    async def give(self, asked: Asked) -> Answer:
        said = read_command(GiveReach, asked.body, {})
        person, _ = self._coming.who(asked.known)
        await self._give(person.name, person.name, said.sms, said.mail, said.lang)
        return {}

    async def give_theirs(self, asked: Asked) -> Answer:
        said = read_command(GiveTheirReach, asked.body, {})
        by, _ = self._coming.who(asked.known)
        if self._coming.people.find(said.name) is None:
            raise Refused("person_unknown", "Nobody of that name may sign in.", "没有该用户。", field="name", status=404)
        await self._give(by.name, said.name, said.sms, said.mail, said.lang)
        return {}

    async def subscribe(self, asked: Asked) -> Answer:
        said = read_command(GivePush, asked.body, {})
        person, _ = self._coming.who(asked.known)
        if not known(said.endpoint, self._table.push, loopback=self._loopback):
            raise Refused("push_service_unknown", "This browser's push service is not one that this city sends to.", "本市未启用该浏览器的推送服务。", field="endpoint", status=422)
        try:
            seal(b"", said.p256dh, said.auth)
        except NoKey as wrong:
            raise Refused("push_key_wrong", "These are no keys for pushes.", "推送密钥无效。", field="p256dh", status=422) from wrong
        await asyncio.to_thread(self._reaches.subscribe, person.name, Subscription(endpoint=said.endpoint, p256dh=said.p256dh, auth=said.auth, lang=said.lang))
        return {}

    async def unsubscribe(self, asked: Asked) -> Answer:
        said = read_command(EndPush, asked.body, {})
        person, _ = self._coming.who(asked.known)
        await asyncio.to_thread(self._reaches.unsubscribe, person.name, said.endpoint)
        return {}

    async def _give(self, by: str, name: str, sms: str, mail: str, lang: Lang) -> None:
        kinds = tuple(kind for kind, held in (("sms", sms), ("mail", mail)) if held)
        await self._coming.keep(by, WaysGiven(person=name, kinds=kinds))

        def changed(reach: Reach) -> Reach:
            return msgspec.structs.replace(reach, sms=sms, mail=mail, lang=lang)

        await asyncio.to_thread(self._reaches.change, name, changed)
