"""Made pictures that are like real ones where marks are concerned: grounds with a natural fall of detail, edges, grain; and printed pages."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Plane = npt.NDArray[np.float32]


def scene(seed: int, wide: int = 1200, high: int = 900) -> Plane:
    """A picture of shapes before a ground whose detail falls with frequency as in photographs, with the grain of a camera."""
    rng = np.random.default_rng(seed)
    far = np.hypot(np.fft.fftfreq(wide)[None, :], np.fft.fftfreq(high)[:, None])
    far[0, 0] = 1.0
    ground = np.real(np.fft.ifft2(np.fft.fft2(rng.standard_normal((high, wide))) / far**1.1))
    image = Image.fromarray(np.clip((ground - ground.mean()) / ground.std() * 45 + 125, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y, across, down, shade = (int(one) for one in (rng.integers(wide), rng.integers(high), *rng.integers(20, 240, 2), rng.integers(256)))
        (draw.rectangle if rng.random() < 0.5 else draw.ellipse)((x, y, x + across, y + down), fill=shade)
    seen = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), np.float32) + rng.normal(0, 2, (high, wide))
    return np.clip(seen, 0, 255).astype(np.float32)


def page(seed: int, wide: int = 1000, high: int = 1300) -> Plane:
    """A page of print, black on white: the hardest ground there is."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (wide, high), 255)
    draw = ImageDraw.Draw(image)
    words = ["engine", "scene", "called", "smoke", "12:04:55", "Harbour", "Road", "sent", "to", "E7", "kept", "at"]
    for line in range(high // 26 - 3):
        draw.text((60, 40 + 26 * line), " ".join(rng.choice(words, 16)), fill=20, font_size=18)
    return np.asarray(image, np.float32)


def as_bytes(brightness: Plane, form: str, quality: int = 90) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    Image.fromarray(brightness.astype(np.uint8)).save(out, form, **({"quality": quality} if form != "PNG" else {}))
    return out.getvalue()


def jpeg(brightness: Plane, quality: int) -> Plane:
    """Saved as a JPEG of this quality and opened again."""
    return np.asarray(Image.open(BytesIO(as_bytes(brightness, "JPEG", quality))).convert("L"), np.float32)


def resized(brightness: Plane, scale: float) -> Plane:
    """Scaled as picture programs do."""
    image = Image.fromarray(brightness.astype(np.uint8))
    return np.asarray(image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS), np.float32)


def cropped(brightness: Plane, share: float, seed: int) -> Plane:
    """This share of its area, from somewhere in it."""
    rng = np.random.default_rng(seed)
    high, wide = (int(side * share**0.5) for side in brightness.shape)
    top, left = int(rng.integers(brightness.shape[0] - high + 1)), int(rng.integers(brightness.shape[1] - wide + 1))
    return brightness[top:top + high, left:left + wide]
