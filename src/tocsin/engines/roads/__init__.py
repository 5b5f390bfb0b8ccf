"""Travel times in seconds and routes on a street network: order it once, customise it often, ask it at any time."""

from tocsin.engines.roads.matching import Matched, Matcher, Tracks
from tocsin.engines.roads.metric import Metric
from tocsin.engines.roads.network import Network
from tocsin.engines.roads.roads import Roads
from tocsin.engines.roads.route import Route
from tocsin.engines.roads.spots import Spots
from tocsin.engines.roads.topology import Topology, order
from tocsin.engines.roads.warm import warm

__all__ = ["Matched", "Matcher", "Metric", "Network", "Roads", "Route", "Spots", "Topology", "Tracks", "order", "warm"]
