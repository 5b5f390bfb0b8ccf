"""Whole histories for an auditor: every entry with a tag within a time, in a document that proves that none is missing."""

from functools import partial
from typing import Annotated

from litestar import Response
from msgspec import Meta
from msgspec import json as msgspec_json

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.house import House
from tocsin.house.proving import EVER, Proof
from tocsin.kernel import Ask

_Us = Annotated[int, Meta(ge=0, le=EVER)]


class ReadProof(Ask, frozen=True, kw_only=True):
    """A tag, `call:…` or `incident:…` for example, and within which time, in microseconds of UTC.

    `also` is a second one for the same document: `out:call:…`, under which stands what was given out of the record.
    """

    tag: Annotated[str, Meta(min_length=1, max_length=200)]
    also: Annotated[str, Meta(max_length=200)] = ""
    since: _Us = 0
    until: _Us = EVER


def lines(house: House) -> list[Line]:
    """The one line."""

    async def history(asked: Asked) -> Answer:
        ask = read_ask(ReadProof, asked.query, asked.path)
        proof = await house.lanes.run("later", partial(house.proving.proof_of, [tag for tag in (ask.tag, ask.also) if tag], since=ask.since, until=ask.until))
        return Response(msgspec_json.encode(proof), media_type="application/json", headers={"cache-control": "no-store"})

    return [Line(verb="GET", path="/tlog/histories", roles=("auditor",), purpose="oversight", asks=ReadProof, answers=Proof, act=history,
                 says="Every entry with a tag that was kept within a time, with a proof that none is missing; `tocsin audit check-proof` reads it. "
                      "Personal fields are sealed.")]
