"""A mark in a picture: unseen, read back after what people do to pictures, and never found where there is none."""

import numpy as np
import pytest

from tests.engines.marks.scenes import cropped, jpeg, page, resized, scene
from tocsin.engines.marks import LEAST_SIDE, marked_picture, read_picture

KEY, NUMBER = b"\7" * 32, "261125-0042"
TREATED = {
    "as it is": lambda plane: plane, "JPEG 90": lambda plane: jpeg(plane, 90), "JPEG 75": lambda plane: jpeg(plane, 75),
    "75 %": lambda plane: resized(plane, 0.75), "150 %": lambda plane: resized(plane, 1.5), "70 % of it": lambda plane: cropped(plane, 0.7, 5),
    "80 %, cut, JPEG 80": lambda plane: jpeg(cropped(resized(plane, 0.8), 0.75, 6), 80),
}


def psnr_db(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


@pytest.mark.parametrize("treatment", TREATED)
@pytest.mark.parametrize("ground", [scene, page])
def test_it_is_read_back_after(treatment: str, ground) -> None:
    plane = ground(11)
    marked = marked_picture(plane, NUMBER, KEY)
    assert psnr_db(plane, marked) >= 40
    found = read_picture(TREATED[treatment](marked), KEY, tuple(f"261125-{at:04d}" for at in range(1, 60)))
    assert found is not None, f"lost after {treatment}"
    assert found.number == NUMBER


@pytest.mark.parametrize("ground", [scene, page])
def test_it_is_read_without_knowing_which_copies_there_are(ground) -> None:
    found = read_picture(jpeg(marked_picture(ground(12), NUMBER, KEY), 85), KEY)
    assert found is not None
    assert found.number == NUMBER


def test_nothing_is_found_where_there_is_none_or_with_another_key() -> None:
    for seed in range(4):
        plane = scene(seed, 500, 400)
        assert read_picture(plane, KEY, (NUMBER,)) is None
        assert read_picture(marked_picture(plane, NUMBER, KEY), b"\6" * 32, (NUMBER,)) is None


def test_a_copy_is_told_from_others_of_the_same_picture() -> None:
    plane = scene(4, 640, 480)
    numbers = tuple(f"261125-{at:04d}" for at in range(1, 60))
    for number in numbers[::20]:
        found = read_picture(jpeg(marked_picture(plane, number, KEY), 75), KEY, numbers)
        assert found is not None
        assert found.number == number


def test_what_is_too_small_carries_none() -> None:
    with pytest.raises(ValueError, match="carries no mark"):
        marked_picture(np.zeros((LEAST_SIDE - 1, 900), np.float32), NUMBER, KEY)
    assert read_picture(np.zeros((20, 20), np.float32), KEY) is None


def test_a_picture_of_one_shade_is_no_fault() -> None:
    for shade in (0.0, 128.0, 255.0):
        plane = np.full((300, 300), shade, np.float32)
        assert psnr_db(plane, marked_picture(plane, NUMBER, KEY)) >= 40
        assert read_picture(plane, KEY) is None
