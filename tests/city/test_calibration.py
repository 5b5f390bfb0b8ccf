"""A calibration is kept whole, known by its version, and read back the same; without one there is a documented default."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tocsin.city.calibration import Calibration, Spread, load_calibration
from tocsin.city.faults import CityFault


def test_what_is_saved_is_read_back_under_the_same_version(tmp_path: Path) -> None:
    kept = msgspec.structs.replace(Calibration.default(), access_s=61.0, figures={"responses": 7, "nothing": float("nan")})
    kept.save(tmp_path / "calibration.json")
    again = load_calibration(tmp_path / "calibration.json")
    assert again.version == kept.version
    assert msgspec.structs.replace(again, figures={}) == msgspec.structs.replace(kept, figures={})
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.json"]


def test_a_changed_value_is_another_version_and_changed_figures_are_not() -> None:
    default = Calibration.default()
    assert msgspec.structs.replace(default, moving_s=11.0).version != default.version
    assert msgspec.structs.replace(default, figures={"responses": 1}).version == default.version


def test_a_city_without_a_record_has_the_documented_default(tmp_path: Path) -> None:
    default = load_calibration(tmp_path / "calibration.json")
    assert default == Calibration.default()
    assert default.added_s("engine", "1", 3) == 80.0 + 45.0
    assert default.added_s("ambulance", "", 3) == 60.0 + 45.0
    assert default.added_s("engine", "1", 3, on_road=True) == 10.0 + 45.0
    assert default.class_kph()["residential"] == 35.0


@pytest.mark.parametrize(("content", "code"), [
    (b"{", "calibration.damaged"), (b"{}", "calibration.damaged"), (b"[1]", "calibration.damaged")])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "calibration.json").write_bytes(content)
    with pytest.raises(CityFault) as fault:
        load_calibration(tmp_path / "calibration.json")
    assert fault.value.code == code
    assert "\n" not in fault.value.sentence


def test_another_format_is_refused(tmp_path: Path) -> None:
    msgspec.structs.replace(Calibration.default(), format=2).save(tmp_path / "calibration.json")
    with pytest.raises(CityFault) as fault:
        load_calibration(tmp_path / "calibration.json")
    assert fault.value.code == "calibration.other_format"


def test_a_folder_that_cannot_be_written_is_a_fault_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CityFault) as fault:
        Calibration.default().save(tmp_path / "missing" / "calibration.json")
    assert fault.value.code == "calibration.not_written"


@given(some.lists(some.floats(1, 5000), min_size=1, max_size=20))
def test_the_interval_holds_the_prediction_and_unreachable_stays_unreachable(eta_s: list[float]) -> None:
    spread = Spread(at_s=(60.0, 300.0), low=(0.5, 0.7), high=(2.0, 1.5))
    low, high = spread.around([*eta_s, np.inf])
    assert (low[:-1] <= np.array(eta_s) * 1.0001).all()
    assert (np.array(eta_s) <= high[:-1] * 1.0001).all()
    assert np.isinf(low[-1])
    assert np.isinf(high[-1])
