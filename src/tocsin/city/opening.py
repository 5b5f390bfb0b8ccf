"""A built city opened for use: its arrays mapped into memory, its names and places at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.city.access import EMERGENCY, ORDINARY
from tocsin.city.arrays import Ground, strong_part
from tocsin.city.faults import CityFault
from tocsin.city.folder import load_arrays
from tocsin.city.manifest import Manifest, read_manifest
from tocsin.city.ordering import load_order
from tocsin.city.survey import Asset, Street
from tocsin.engines.roads import Network, Topology
from tocsin.kernel import Refused

Profile = Literal["emergency", "ordinary"]
_BITS = {"emergency": EMERGENCY, "ordinary": ORDINARY}


@dataclass(frozen=True, slots=True)
class City:
    """One city folder, open for reading. Arrays are memory-mapped, so that several processes share one copy."""

    path: Path
    manifest: Manifest
    ground: Ground
    topology: Topology
    streets: list[Street]
    assets: list[Asset]

    @classmethod
    def open(cls, path: Path | str) -> "City":
        """Open a folder that `build` or `sketch` wrote; CityFault with one clear line for anything else."""
        folder = Path(path)
        manifest = read_manifest(folder)
        arrays = load_arrays(folder / "roads")
        names = [field.name for field in fields(Network)]
        beside = [field.name for field in fields(Ground) if field.name != "network"]
        if missing := sorted(set(names + beside) - arrays.keys()):
            raise CityFault("city.damaged", f"{folder} lacks roads/{missing[0]}.npy: build the city again.")
        ground = Ground(Network(**{name: arrays[name] for name in names}), **{name: arrays[name] for name in beside})
        try:
            streets = msgspec.json.decode((folder / "streets.json").read_bytes(), type=list[Street])
            assets = [msgspec.json.decode(line, type=Asset) for line in (folder / "assets.jsonl").read_bytes().splitlines()]
        except (OSError, msgspec.DecodeError) as error:
            raise CityFault("city.damaged", f"{folder} is damaged: {error}") from error
        if len(ground.access) != manifest.counts.get("arcs") or len(streets) != manifest.counts.get("streets"):
            raise CityFault("city.damaged", f"{folder} does not hold what its manifest counts: build the city again.")
        return cls(folder, manifest, ground, load_order(folder / "roads" / "topology"), streets, assets)

    @property
    def network(self) -> Network:
        """Return the road network's arrays."""
        return self.ground.network

    @property
    def access(self) -> npt.NDArray[np.uint8]:
        """Return the access bits per arc: 1 ordinary car, 2 emergency vehicle."""
        return self.ground.access

    @property
    def speed_kph(self) -> npt.NDArray[np.float32]:
        """Return the tagged speed of each arc, or its class's."""
        return self.ground.speed_kph

    @property
    def version(self) -> str:
        """Return the city version, which decisions made on this city are kept with."""
        return self.manifest.version

    @property
    def places_path(self) -> Path:
        """Return the folder of the address search's index."""
        return self.path / "places" / "index"

    @property
    def basemap_path(self) -> Path:
        """Return the file of vector tiles."""
        return self.path / "basemap.pmtiles"

    @property
    def areas_path(self) -> Path:
        """Return the file of administrative areas; a segment's `area` is the feature's id."""
        return self.path / "areas.geojson"

    @property
    def calibration_path(self) -> Path:
        """Return where the fitted factors stand, if the city has been calibrated."""
        return self.path / "calibration.json"

    @property
    def validation_path(self) -> Path:
        """Return where it stands how near simulations of this city come to its record, if that was looked at."""
        return self.path / "validation.json"

    def segments_of(self, street: str, segments: Sequence[int] = ()) -> tuple[int, ...]:
        """The segments of a street by its name, or those that are given; Refused `street_unknown` where the city has none such."""
        network = self.network
        if not segments and street:
            numbers = [number for number, one in enumerate(self.streets) if one.name.casefold() == street.casefold()]
            segments = np.unique(network.segment[np.isin(network.name, numbers)]).tolist() if numbers else ()
        if not segments or not 0 <= min(segments) <= max(segments) < len(network.shape_at) - 1:
            what = street or ", ".join(map(str, segments))
            raise Refused("street_unknown", f"This city has no street or segment “{what}” to shut.", f"本市没有可封闭的道路或路段“{what}”。", field="street", status=422)
        return tuple(segments)

    def usable(self, profile: Profile) -> npt.NDArray[np.bool_]:
        """Return which arcs a profile may use."""
        return (self.access & _BITS[profile]) > 0

    def connected(self, profile: Profile) -> npt.NDArray[np.bool_]:
        """Return which of the profile's arcs lie within its largest strongly connected part: places to snap to from
        which every other such place can be reached, turn bans aside. At the edge of an extract streets are cut off.
        """
        inside = strong_part(self.network, self.access, _BITS[profile])
        return np.asarray(self.usable(profile) & inside[self.network.tail] & inside[self.network.head])

    def drive_s(self, profile: Profile = "emergency") -> npt.NDArray[np.float32]:
        """Return the uncalibrated driving time of each arc in seconds, inf where the profile may not go."""
        free = self.network.dist_m / (self.speed_kph / np.float32(3.6))
        return np.where(self.usable(profile), free, np.float32(np.inf)).astype(np.float32)
