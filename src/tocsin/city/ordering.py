"""The contraction order computed once and kept with the city, and read back when it is opened."""

from pathlib import Path

from tocsin.city.faults import CityFault
from tocsin.city.folder import load_arrays, save_arrays
from tocsin.engines.roads import Network, Topology, order

_SEED = 1


def save_order(network: Network, folder: Path) -> None:
    """Order the junctions of a network and keep the result as arrays; the seed is fixed, so the same city gives the
    same bytes.
    """
    save_arrays(order(network, seed=_SEED).arrays(), folder)


def load_order(folder: Path) -> Topology:
    """Read an order that `save_order` wrote; CityFault where it is missing or of another engine's format."""
    try:
        return Topology.from_arrays(load_arrays(folder))
    except AssertionError as error:
        raise CityFault(
            "city.damaged",
            f"The contraction order in {folder} does not fit this version ({error}): build the city again.",
        ) from error
