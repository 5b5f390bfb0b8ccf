"""A mark in a picture's brightness, unseen, read back without the picture it was put into.

Spread spectrum (Cox, Kilian, Leighton, Shamoon, 1997): one tile of 128 × 128 pixels, made of waves of 6 to 20 pixels whose phases the
key gives, is laid over the whole picture again and again, stronger where the picture is lively. Half of its waves are the same in every
copy and tell the reader how the picture was scaled and cut (the tile's repetition as in Kutter, 1998); the other half carry the 48 bits,
each spread over all of them. It is not made to outlast turning, squeezing one side, or painting over.
"""

from functools import lru_cache
from hashlib import shake_256
from math import log, sqrt

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

from tocsin.engines.marks.number import BITS, numbered, packed

Plane = npt.NDArray[np.float32]
LEAST_SIDE = 256
"""A picture with a shorter side is too small to carry a mark that lasts."""
_TILE = 128
_LOW, _HIGH = 0.05, 0.165
_PSNR_DB = 42.0
_SYNC = 6.5
"""How far the best place of the tile must stand out, in standard deviations of all its places."""
_SURE = 6.0
"""How far a copy's bits must agree, in standard deviations of chance, to be named: two in a thousand million for each copy ever made."""
_PART = 768
_SCALES = (0.70, 1.60)
_COARSE, _FINE = 0.004, 0.0006


class Found(msgspec.Struct, frozen=True):
    """What was read: the number, how far it stands out from chance, and how the picture had been scaled since."""

    number: str
    deviations: float
    scale: float


class _Waves(msgspec.Struct, frozen=True):
    at: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    sync_at: npt.NDArray[np.bool_]
    sync: npt.NDArray[np.complex128]
    carriers: npt.NDArray[np.float64]
    """Orthonormal, one row a bit, over the real and imaginary parts of the waves that carry."""


def marked_picture(brightness: Plane, number: str, key: bytes) -> Plane:
    """The brightness (0–255, height × width) with the mark in it, 42 dB below the picture; ValueError where it is too small."""
    if min(brightness.shape) < LEAST_SIDE:
        raise ValueError(f"a picture of less than {LEAST_SIDE} pixels carries no mark")
    high, wide = brightness.shape
    tile = _tile(packed(number, key), key)
    pattern = np.tile(tile, (-(-high // _TILE), -(-wide // _TILE)))[:high, :wide]
    pattern = pattern * np.clip(_lively(brightness), 5.0, 12.0)
    wanted = 255.0 / 10 ** (_PSNR_DB / 20)
    drawn: Plane = brightness
    strength = wanted / max(1e-6, float(np.sqrt(np.mean(pattern**2))))
    for _ in range(2):  # rounding and the ends of the scale take a little of it away
        drawn = np.clip(np.rint(brightness + pattern * strength), 0, 255).astype(np.float32)
        strength *= min(1.6, wanted / max(1e-6, float(np.sqrt(np.mean((drawn - brightness) ** 2)))))
    return np.asarray(np.clip(np.rint(brightness + pattern * strength), 0, 255), np.float32)


def read_picture(brightness: Plane, key: bytes, numbers: tuple[str, ...] = ()) -> Found | None:
    """The mark in a picture, at whatever scale (0.7 to 1.6) and cut; None where there is none that is sure.

    `numbers` are copies that are known to have been made: bits that are partly washed out are still told among them.
    """
    if min(brightness.shape) < LEAST_SIDE // 2:
        return None
    even = _evened(brightness)
    scale = 1.0
    sync, where, coefficients = _synced(even, scale, key)
    if sync < _SYNC * 1.5:
        scale, sync, where, coefficients = _searched(even, key)
    if sync < _SYNC:
        return None
    soft, noise = _soft(coefficients, where, key)
    bits = int("".join("1" if one > 0 else "0" for one in soft), 2)
    blind = numbered(bits, key)
    told = {number: packed(number, key) for number in (*numbers, *((blind,) if blind else ()))}
    best = max(((float(soft @ _signs(mark)) / (noise * sqrt(BITS)), number) for number, mark in told.items()), default=(0.0, ""))
    return Found(best[1], round(best[0], 2), round(scale, 4)) if best[0] >= _SURE else None


def _tile(mark: int, key: bytes) -> Plane:
    waves = _waves(key)
    spectrum = np.zeros((_TILE, _TILE), np.complex128)
    held = np.zeros(len(waves.sync_at), np.complex128)
    held[waves.sync_at] = waves.sync
    carried = _signs(mark) @ waves.carriers
    half = len(carried) // 2
    carried *= sqrt(len(waves.sync)) / np.linalg.norm(carried)
    held[~waves.sync_at] = carried[:half] + 1j * carried[half:]
    spectrum[waves.at] = held
    tile = np.real(fft.ifft2(spectrum))
    return np.asarray(tile / np.sqrt(np.mean(tile**2)), np.float32)


@lru_cache(maxsize=4)
def _waves(key: bytes) -> _Waves:
    rows, columns = np.meshgrid(np.fft.fftfreq(_TILE), np.fft.fftfreq(_TILE), indexing="ij")
    far = np.hypot(rows, columns)
    at = np.nonzero((far >= _LOW) & (far <= _HIGH) & ((columns > 0) | ((columns == 0) & (rows > 0))))
    count = len(at[0])
    stream = shake_256(b"tocsin picture mark 1\0" + key).digest(4 * count + 8 * BITS * count)
    order = np.argsort(np.frombuffer(stream[:2 * count], "<u2"), kind="stable")
    sync_at = np.zeros(count, np.bool_)
    sync_at[order[: count // 2]] = True
    phases = np.frombuffer(stream[2 * count:4 * count], "<u2")[: count // 2] / 65_536 * 2 * np.pi
    long = 2 * (count - count // 2)
    raw = np.frombuffer(stream[4 * count:4 * count + 4 * BITS * long], "<u4").reshape(BITS, long) / 2.0**32 - 0.5
    orthonormal, upper = np.linalg.qr(raw.T)
    carriers = (orthonormal * np.sign(np.diag(upper))).T
    return _Waves((at[0], at[1]), sync_at, np.exp(1j * phases), carriers)


def _signs(mark: int) -> npt.NDArray[np.float64]:
    return np.array([1.0 if letter == "1" else -1.0 for letter in f"{mark:0{BITS}b}"])


def _lively(brightness: Plane) -> Plane:
    rest = brightness - ndimage.gaussian_filter(brightness, 4.0)
    return np.asarray(np.sqrt(ndimage.gaussian_filter(rest**2, 4.0)), np.float32)


def _evened(brightness: Plane) -> Plane:
    """The picture without its slow part, equally lively everywhere, so that no edge outweighs a meadow."""
    rest = brightness.astype(np.float32) - ndimage.gaussian_filter(brightness.astype(np.float32), 6.0)
    even = rest / (np.sqrt(ndimage.gaussian_filter(rest**2, 6.0)) + 1.0)
    return np.clip(even, -2.5, 2.5)


def _folded(even: Plane, scale: float) -> Plane:
    """All tiles laid over one another, once the picture is back at the size at which it was marked."""
    if scale != 1.0:
        high, wide = (int(side / scale) for side in even.shape)
        smooth = ndimage.gaussian_filter(even, 0.4 * scale) if scale > 1.2 else even
        even = ndimage.affine_transform(smooth, (scale, scale), offset=(scale - 1) / 2, output_shape=(high, wide), order=1, mode="nearest")
    high, wide = even.shape
    whole = np.zeros((-(-high // _TILE) * _TILE, -(-wide // _TILE) * _TILE), np.float32)
    whole[:high, :wide] = even
    return np.asarray(whole.reshape(-1, _TILE, whole.shape[1] // _TILE, _TILE).sum(axis=(0, 2)), np.float32)


def _synced(even: Plane, scale: float, key: bytes) -> tuple[float, tuple[int, int], npt.NDArray[np.complex128]]:
    """How far the tile's best place stands out at this scale, that place, and the waves as they were found."""
    waves = _waves(key)
    held = fft.fft2(_folded(even, scale).astype(np.float64))[waves.at]
    size = np.abs(held)
    held = held / (size + 0.25 * float(np.mean(size)) + 1e-9)  # a pattern of the picture's own does not outweigh the rest
    spectrum = np.zeros((_TILE, _TILE), np.complex128)
    spectrum[waves.at[0][waves.sync_at], waves.at[1][waves.sync_at]] = held[waves.sync_at] * np.conj(waves.sync)
    places = np.real(fft.ifft2(spectrum))
    best = int(np.argmax(places))
    stands_out = float((places.flat[best] - places.mean()) / (places.std() + 1e-12))
    return stands_out, (best // _TILE, best % _TILE), held


def _searched(even: Plane, key: bytes) -> tuple[float, float, tuple[int, int], npt.NDArray[np.complex128]]:
    """The best scale: coarsely on the middle of the picture, then finely on all of it."""
    high, wide = even.shape
    middle = even[max(0, high - _PART) // 2:(high + _PART) // 2 + 1, max(0, wide - _PART) // 2:(wide + _PART) // 2 + 1]
    steps = int(log(_SCALES[1] / _SCALES[0]) / _COARSE)
    rough = [_SCALES[0] * (1 + _COARSE) ** step for step in range(steps + 1)]
    tops = sorted(((_synced(middle, scale, key)[0], scale) for scale in rough), reverse=True)[:2]
    fine = {round(scale * (1 + step * _FINE), 6) for _, scale in tops for step in range(-4, 5)} | {1.0}
    tried = [(*_synced(even, scale, key), scale) for scale in sorted(fine)]
    sync, where, held, scale = max(tried, key=lambda one: one[0])
    return scale, sync, where, held


def _soft(held: npt.NDArray[np.complex128], where: tuple[int, int], key: bytes) -> tuple[npt.NDArray[np.float64], float]:
    """Each bit as far as it is told, and how far chance alone would tell it."""
    waves = _waves(key)
    rows, columns = (at[~waves.sync_at] for at in waves.at)
    back = np.exp(2j * np.pi * (rows * where[0] + columns * where[1]) / _TILE)
    carried = held[~waves.sync_at] * back
    parts = np.concatenate([np.real(carried), np.imag(carried)])
    return waves.carriers @ parts, float(np.sqrt(np.mean(parts**2)))
