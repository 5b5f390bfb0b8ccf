"""How long driving and mobilising take: the table for a city without a record of its own. (Provisional.)"""

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.city.opening import City, Profile


class Calibration(msgspec.Struct, frozen=True):
    """Uncalibrated: the class table as it is, one mobilisation time, a wide interval."""

    version: str = "uncalibrated"

    @classmethod
    def default(cls) -> "Calibration":
        return cls()

    def drive_s(self, city: City, profile: Profile, hour: int) -> npt.NDArray[np.float32]:
        return city.drive_s(profile)

    def mobilise_s(self, unit_kind: str, hour: int) -> float:
        return 60.0

    def interval(self, drive_s: float) -> tuple[float, float]:
        return drive_s * 0.6, drive_s * 1.8
