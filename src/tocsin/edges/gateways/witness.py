"""A witness at work: asks a floor's log for its newest checkpoint every so often, and hands its own line back."""

from collections.abc import Callable, Iterator

import httpx

from tocsin.house import Saw, Witnessing, tiles

_TIMEOUT_S = 20.0
_MOST_BYTES = 1 << 20


def look(witnessing: Witnessing, address: str) -> Saw:
    """One look at the log at this address (`https://…/tlog`), its answer handed back. `unreadable` where the way there fails."""
    with httpx.Client(base_url=address.rstrip("/") + "/", timeout=_TIMEOUT_S, headers={"x-tocsin": "1"}) as client:
        saw = witnessing.look(_fetcher(client))
        if saw.note:
            try:
                answer = client.post("cosignatures", json={"note": saw.note})
                if answer.status_code >= 400:
                    return Saw(saw.verdict, saw.size, f"{saw.sentence} The floor did not take the cosignature: {answer.text[:200]}", saw.note)
            except httpx.HTTPError as error:
                return Saw(saw.verdict, saw.size, f"{saw.sentence} The floor could not be told: {error}.", saw.note)
    return saw


def watch(witnessing: Witnessing, address: str, wait: Callable[[], None]) -> Iterator[Saw]:
    """Look for ever, waiting between."""
    while True:
        yield look(witnessing, address)
        wait()


def _fetcher(client: httpx.Client) -> tiles.Fetch:
    def fetch(path: str) -> bytes:
        try:
            answer = client.get(path)
        except httpx.HTTPError as error:
            raise tiles.TileMissing(f"{path}: {error}") from error
        if answer.status_code != 200 or len(answer.content) > _MOST_BYTES:
            raise tiles.TileMissing(f"{path}: {answer.status_code}")
        return answer.content

    return fetch
