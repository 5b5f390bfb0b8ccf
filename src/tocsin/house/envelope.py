"""Facts into entries and back: encoding, the envelope, and the sealing and opening of personal fields."""

from collections.abc import Iterable, Sequence

import msgspec

import tocsin.facts
from tocsin.kernel import FACTS, Entry, Fact, Instant, Kept, Sealed, personal_fields
from tocsin.ledger import LedgerFault, Vault

assert tocsin.facts, "importing the facts is what registers their kinds"

_ENCODER = msgspec.msgpack.Encoder()
_DECODERS = {kind: msgspec.msgpack.Decoder(cls) for kind, cls in FACTS.items()}
_PERSONAL = {kind: personal_fields(cls) for kind, cls in FACTS.items()}


def enclose(facts: Iterable[Fact], vault: Vault, *, happened_at: Instant, known_at: Instant, by: str, purpose: str,
            cause: int, key: str) -> list[Entry]:
    """Facts as entries of one append; their personal fields are sealed under each record's own key first."""
    facts = list(facts)
    boxes = iter(vault.seal_all([text for fact in facts for _, text in _personal(fact)]))
    entries = []
    for fact in facts:
        sealed = {name: Sealed(record, None, next(boxes)) for name, (record, _) in _personal(fact)}
        closed = msgspec.structs.replace(fact, **sealed) if sealed else fact
        entries.append(Entry(kind=fact.fact_kind, body=_ENCODER.encode(closed), tags=fact.tags(), happened_at=happened_at,
                             known_at=known_at, by=by, purpose=purpose, cause=cause, key=key))
    return entries


def _personal(fact: Fact) -> list[tuple[str, tuple[str, str]]]:
    """Its personal fields that hold anything: the name of each, with whose record it is and the text to seal."""
    found = []
    for name in _PERSONAL[fact.fact_kind]:
        value = getattr(fact, name)
        if value is not None:
            assert isinstance(value, Sealed) and value.text is not None, f"{fact.fact_kind}.{name} has nothing to seal"
            found.append((name, (value.record, value.text)))
    return found


def disclose(lines: Iterable[tuple[int, Entry]]) -> Sequence[Kept]:
    """Entries as kept facts, personal fields still sealed; LedgerFault at one of a kind that only a newer program knows."""
    try:
        return [Kept(position, entry, _DECODERS[entry.kind].decode(entry.body)) for position, entry in lines]
    except KeyError as unknown:
        raise LedgerFault("ledger.newer-facts", f"the ledger holds facts of the kind {unknown}, which this program does not know: a newer one kept them. Start "
                          "that one, or one at least as new.") from None


def opened(sealed: Sealed | None, vault: Vault) -> str | None:
    """The text of a sealed field; None where there is none, or where its key was destroyed."""
    if sealed is None or sealed.box is None:
        return None
    return vault.open(sealed.record, sealed.box)
