"""Follows each city's live stream by its key, from its cursor on, in a thread of its own; a city that is silent is one that does not answer."""

import logging
import threading
from collections.abc import Iterator, Mapping

import httpx
import msgspec

from tocsin.edges.region.picture import Region
from tocsin.edges.region.rows import read_frame
from tocsin.edges.region.table import RegionCity

LOG = logging.getLogger("tocsin.region")
SILENT_S = 25.0
"""A city's stream beats every ten seconds; two that are missed are a silence."""
_CONNECT_S, _AGAIN_S, _LONGEST_S = 5.0, 1.0, 15.0
_MOST_LINE = 64 << 20
"""A city that writes more without ending the line is let go of while it still writes."""


class Followers:
    """One follower for each city."""

    def __init__(self, region: Region, cities: Mapping[str, RegionCity], silent_s: float = SILENT_S) -> None:
        self._region, self._silent_s, self._stopped = region, silent_s, threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(code, city), name=f"tocsin-region-{code}", daemon=True) for code, city in cities.items()]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; a thread that waits for a silent city ends with the process."""
        self._stopped.set()

    def join(self, within_s: float) -> bool:
        """Wait until all have ended; whether they did."""
        for thread in self._threads:
            thread.join(within_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, code: str, city: RegionCity) -> None:
        wait_s = _AGAIN_S
        while not self._stopped.is_set():
            try:
                heard = self._follow(code, city)
            except (httpx.HTTPError, msgspec.DecodeError, ValueError) as error:
                LOG.warning("city %s does not answer: %s", code, type(error).__name__)
                heard = False
            self._region.answers(code, False)
            wait_s = _AGAIN_S if heard else min(_LONGEST_S, 2 * wait_s)
            self._stopped.wait(wait_s)

    def _follow(self, code: str, city: RegionCity) -> bool:
        headers = {"authorization": f"Bearer {city.key}", "x-tocsin": "1", "accept-encoding": "identity"}
        if cursor := self._region.cursor(code):
            headers["last-event-id"] = cursor
        heard = False
        with (httpx.Client(timeout=httpx.Timeout(_CONNECT_S, read=self._silent_s), trust_env=False) as client,
              client.stream("GET", f"{city.address.rstrip('/')}/api/live", headers=headers) as answer):
            if answer.status_code != 200:
                LOG.warning("city %s answered %d", code, answer.status_code)
                return False
            for name, data in _events(_lines(answer.iter_raw())):
                if self._stopped.is_set() or name == "cut":
                    break
                if name == "frame":
                    self._region.took(code, read_frame(data))
                    heard = True
                self._region.answers(code, True)
        return heard


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Lines as the city ends them: by a line feed alone, since its words may hold any other sign that ends a line elsewhere."""
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        first, *others = piece.split(b"\n")
        held.append(first)
        length += len(first)
        if length > _MOST_LINE:
            raise ValueError("a line of the stream is too long")
        for other in others:
            yield b"".join(held)
            held, length = [other], len(other)


def _events(lines: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Server-sent events by name; a heartbeat is one without a name."""
    name, data = "", b""
    for line in lines:
        field, _, value = line.partition(b": ")
        if field == b"event":
            name = value.decode()
        elif field == b"data":
            data = value
        elif not line:
            yield name, data
            name, data = "", b""
