"""The table of aid as it goes out: names and rules, no address and no key."""

from tocsin.kernel import View, Words
from tocsin.rooms.aid.model import AidTable


class AidView(View, frozen=True, kw_only=True):
    """This city's neighbours by code, who consents to a loan, and by kind of unit how many stay (one, where a kind is not named)."""

    sample: bool
    neighbours: dict[str, Words]
    consent: tuple[str, ...]
    stays: dict[str, int]


def aid_view(table: AidTable) -> AidView:
    """The table, without what only the machines need."""
    return AidView(sample=table.sample, neighbours=table.names(), consent=table.consent, stays=table.stays)
