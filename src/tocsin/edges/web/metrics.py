"""The house's own running as figures in Prometheus' text form, read from where they stand when somebody asks; nothing is counted twice for it."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from tocsin.edges.web.health import Health, current, silent
from tocsin.edges.web.live import Live
from tocsin.edges.web.requests import Requests
from tocsin.house import House, Spread
from tocsin.house.lanes import LANES
from tocsin.rooms.calling.views import CalloutRow

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_US = 1_000_000
NO_COUNTS: Mapping[tuple[str, str], int] = {}


class Metrics(Collector):
    """Every figure. Labels are closed lists (doors, codes, lanes, verdicts, parts): never a name, an incident, a unit, or an address of somebody."""

    def __init__(self, house: House, live: Live, requests: Requests, trackers: Mapping[tuple[str, str], int] = NO_COUNTS,
                 sendings: Mapping[tuple[str, str], int] = NO_COUNTS) -> None:
        self._house, self._live, self._requests, self._trackers, self._sendings = house, live, requests, trackers, sendings
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        self._health: Health | None = None
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def text(self, health: Health) -> bytes:
        """The whole page."""
        self._health = health
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked for at registration: names do not depend on what was counted."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Each family, as it stands."""
        yield InfoMetricFamily("tocsin_node", "Which node this is, and of which version.", {"node": self._house.pulse.node, "version": version("tocsin")})
        yield from self._asked()
        yield from self._lanes()
        yield from self._ledger()
        yield from self._streams()
        yield from self._trail()
        yield from self._calling()
        yield from self._standing()

    def _asked(self) -> Iterator[Metric]:
        outcomes = CounterMetricFamily("tocsin_requests", "Requests by door and what came of them (ok, or the code of the refusal).", labels=("verb", "door", "code"))
        for labels, count in sorted(self._requests.outcomes.items()):
            outcomes.add_metric(labels, count)
        yield outcomes
        yield _spreads("tocsin_request_seconds", "How long a request took, by door.", ("verb", "door"), self._requests.took_s)

    def _lanes(self) -> Iterator[Metric]:
        lanes, taken = self._house.lanes, self._house.lanes.taken
        yield _gauges("tocsin_lane_inside", "How many are in a lane now, waiting ones included.", "lane", {pace: float(count) for pace, count in lanes.inside.items()})
        yield _gauges("tocsin_lane_most", "How many may be in it at once.", "lane", {pace: float(lane.most) for pace, lane in LANES.items()})
        yield _spreads("tocsin_lane_seconds", "How long what was asked in a lane took, waiting included.", ("lane",), {(pace,): one.spread for pace, one in taken.items()})
        yield _counts("tocsin_lane_refused", "What was turned away because its lane was full.", "lane", {pace: one.refused for pace, one in taken.items()})

    def _ledger(self) -> Iterator[Metric]:
        house, ledger, pulse = self._house, self._house.ledger, self._house.pulse
        measured = ledger.measured
        yield GaugeMetricFamily("tocsin_ledger_head", "The last kept position.", ledger.head())
        yield GaugeMetricFamily("tocsin_ledger_waiting", "Appends that wait for the next batch.", ledger.waiting)
        yield _spreads("tocsin_ledger_batch_entries", "Entries kept with one sync.", (), {(): measured.entries})
        yield _spreads("tocsin_ledger_batch_seconds", "A whole batch: checked, written, told, answered.", (), {(): measured.took_s})
        yield _spreads("tocsin_ledger_write_seconds", "The writing of a batch until it was durable.", (), {(): measured.write_s})
        yield CounterMetricFamily("tocsin_ledger_write_failures", "Batches after which the store had to be opened again.", measured.failed)
        yield GaugeMetricFamily("tocsin_ledger_keeps", "Whether the ledger kept what it was last asked to keep.", float(not house.unkept))
        yield GaugeMetricFamily("tocsin_database_up", "Whether the place of the ledger's rows answers.", float(pulse.reads))
        yield _maybe("tocsin_database_round_trip_seconds", "How long it last took to answer.", pulse.probed.round_trip_s if pulse.probed else None)
        yield _maybe("tocsin_clock_offset_seconds", "How far this machine's clock is behind the database's; below 0, before it.", pulse.ahead_s)
        yield CounterMetricFamily("tocsin_clock_jumps", "How often this machine's clock was put since the start.", pulse.jumps)
        yield GaugeMetricFamily("tocsin_node_leads", "Whether this node writes the ledger.", float(ledger.leads))
        leader = ledger.leader()
        yield GaugeMetricFamily("tocsin_node_lag_entries", "How many entries the leader has that this node has not folded yet.", max(0, leader.head - ledger.head()) if leader else 0)
        yield GaugeMetricFamily("tocsin_nodes_silent", "Other nodes of which nothing was heard for so long that they are taken to be gone.", sum(map(silent, pulse.others)))
        if ledger.leads:
            yield GaugeMetricFamily("tocsin_followers_current", "Nodes that follow this one and could take over at once.", current(house))

    def _streams(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("tocsin_streams_open", "Readers of the live stream.", self._live.open)
        yield CounterMetricFamily("tocsin_stream_frames", "Frames given to readers of the live stream.", self._live.frames)
        yield _counts("tocsin_stream_cut", "Readers that were cut off, by why.", "code", dict(self._live.cuts))

    def _trail(self) -> Iterator[Metric]:
        trail, now = self._house.trail, self._house.clock.now()
        yield _counts("tocsin_trail_fixes", "Positions by what was made of them.", "verdict", dict(trail.counts))
        heard_of = CounterMetricFamily("tocsin_tracker_messages", "What trackers of others sent, by protocol and what was made of it (a verdict, or the code of the refusal).", labels=("protocol", "verdict"))
        for labels, count in sorted(dict(self._trackers).items()):
            heard_of.add_metric(labels, count)
        yield heard_of
        yield GaugeMetricFamily("tocsin_trail_waiting", "Positions that wait for the disk.", trail.waiting)
        heard = max((row.heard_at for row in self._house.positions().values()), default=None)
        yield _maybe("tocsin_trail_heard_age_seconds", "How long ago any unit's position was last heard.", None if heard is None else (now - heard) / _US)

    def _calling(self) -> Iterator[Metric]:
        sendings = CounterMetricFamily("tocsin_calling_sendings", "Sendings to people on duty by means and what came of them (taken, or the code).", labels=("means", "code"))
        for labels, count in sorted(dict(self._sendings).items()):
            sendings.add_metric(labels, count)
        yield sendings
        rows = [row for row in self._house.rows("callout").values() if isinstance(row, CalloutRow)]
        yield GaugeMetricFamily("tocsin_calling_waiting", "Callouts that wait for an acknowledgement.", sum(not row.over for row in rows))
        yield GaugeMetricFamily("tocsin_calling_dead", "Callouts that were given up and stand as dead letters.", sum(row.over for row in rows))

    def _standing(self) -> Iterator[Metric]:
        parts = GaugeMetricFamily("tocsin_part_state", "Each part as it stands: 0 well, 1 act soon, 2 failed.", labels=("part",))
        for part in self._health.parts if self._health else ():
            parts.add_metric((part.name,), ("ok", "low", "failed").index(part.state))
        yield parts


def _spreads(name: str, says: str, labels: tuple[str, ...], spreads: Mapping[Any, Spread]) -> Metric:
    family = HistogramMetricFamily(name, says, labels=labels)
    for values, spread in sorted(spreads.items()):
        family.add_metric(values, [("+Inf" if end == float("inf") else f"{end:g}", count) for end, count in spread.upto()], spread.total)
    return family


def _gauges(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family


def _counts(name: str, says: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, says, labels=(label,))
    for value, number in sorted(values.items()):
        family.add_metric((value,), number)
    return family


def _maybe(name: str, says: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, says)
    if value is not None:
        family.add_metric((), value)
    return family
