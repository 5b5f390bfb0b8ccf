"""Files as they lie on disk: the console and the city's map, by a list made at start, with ETag and byte ranges."""

import asyncio
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import BinaryIO

import msgspec
from litestar.types import Scope, Send

from tocsin.city import City
from tocsin.city import pocket as roads
from tocsin.city.calibration import load_calibration
from tocsin.city.manifest import read_manifest
from tocsin.edges.web.problems import refusal
from tocsin.engines.places import pocket as places
from tocsin.engines.places.tables import Tables

_CITY = ("basemap.pmtiles", "areas.geojson", "assets.jsonl", "manifest.json")
_PLACES, _ROADS = "/city/places.bin", "/city/roads.bin"
_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
_TYPES = {".pmtiles": "application/vnd.pmtiles", ".geojson": "application/geo+json", ".jsonl": "application/jsonl",
          ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
          ".woff2": "font/woff2", ".json": "application/json", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
_UNBUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tocsin</title>
<body><h1>The console has not been built</h1><p>Run <code>make console</code> in the project's folder and start the house again.
The doors under <code>/api/</code> work without it.</p>
<p lang="zh">尚未构建控制台。请在项目目录运行 <code>make console</code> 后重新启动。</p></body></html>
"""


class Shelved(msgspec.Struct, frozen=True):
    """One file that may be had: where it lies, how long, since when, and for how long a browser may keep it."""

    path: Path | None
    size: int
    etag: str
    media: str
    keep: str
    text: bytes = b""


class Shelf:
    """Exactly the files that stood there at start; no path is ever made from a request."""

    def __init__(self, console: Path | None, city_folder: Path | None = None) -> None:
        self.open: dict[str, Shelved] = {}
        if console is not None and (console / "index.html").is_file():
            for path in sorted(console.rglob("*")):
                if path.is_file():
                    inside = path.relative_to(console).as_posix()
                    keep = "public, max-age=31536000, immutable" if inside.startswith("assets/") and _HASHED.search(inside) else "no-store"
                    self.open[f"/{inside}"] = _shelved(path, keep)
            self.open["/"] = self.open["/index.html"]
        else:
            page = _UNBUILT.encode()
            self.open["/"] = Shelved(None, len(page), '"unbuilt"', _TYPES[".html"], "no-store", page)
        self.open["/trail"] = self.open["/"]  # the same page, which looks at its own address
        if "/field.html" in self.open:
            self.open["/field"] = self.open["/field.html"]
        self.city: dict[str, Shelved | None] = {f"/city/{name}": _shelved(city_folder / name, "no-cache") for name in _CITY if (city_folder / name).is_file()} if city_folder else {}
        self._making = asyncio.Lock()
        self._folder = city_folder
        for name, stands in ((_PLACES, "places/index/names.npy"), (_ROADS, "roads/shape_at.npy")):
            if city_folder and (city_folder / stands).is_file():
                self.city[name] = None  # made from the city's own arrays for whoever asks first, and kept while this runs

    async def serve(self, scope: Scope, send: Send, *, whole: bool) -> None:
        """The file of this path, a range of it, or 304 where the browser has it; without `whole` the headers alone."""
        shelved = self.open.get(scope["path"]) or self.city.get(scope["path"])
        if shelved is None and scope["path"] in self.city:
            shelved = await self._made(scope["path"])
        if shelved is None:
            raise refusal(404)
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        first, last, status = 0, shelved.size - 1, 200
        headers = [(b"etag", shelved.etag.encode()), (b"cache-control", shelved.keep.encode()), (b"accept-ranges", b"bytes")]
        if shelved.etag in asked.get(b"if-none-match", ""):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        part = _RANGE.fullmatch(asked.get(b"range", ""))
        if part and asked.get(b"if-range", shelved.etag) == shelved.etag:
            first, last = span(part[1], part[2], shelved.size)
            status = 206
            headers.append((b"content-range", f"bytes {first}-{last}/{shelved.size}".encode()))
        if shelved.path is not None and not shelved.path.is_file():  # it stood there at start: a disk that went away, a city that was moved
            raise refusal(404)
        headers += [(b"content-type", shelved.media.encode()), (b"content-length", str(last - first + 1).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if not whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif shelved.path is None:
            await send({"type": "http.response.body", "body": shelved.text[first:last + 1], "more_body": False})
        else:
            with await asyncio.to_thread(shelved.path.open, "rb") as file:
                await _pour(file, first, last + 1, send)

    async def _made(self, path: str) -> Shelved | None:
        """The file of places or roads, once, whoever waits for it meanwhile; its ETag is the digest of its bytes, so that a phone has it anew when the city changed and not before.

        None where the city is too large for a phone, from then on too.
        """
        async with self._making:
            kept = self.city.get(path)
            if kept is None and path in self.city and self._folder is not None:
                data = await asyncio.to_thread(_places if path == _PLACES else _roads, self._folder)
                if not data:
                    del self.city[path]
                    return None
                kept = self.city[path] = Shelved(None, len(data), f'"{hashlib.sha256(data).hexdigest()[:32]}"', "application/octet-stream", "no-cache", data)
            return kept


def _places(folder: Path) -> bytes:
    return places.packed(Tables.load(str(folder / "places" / "index")), read_manifest(folder).version)


def _roads(folder: Path) -> bytes:
    city = City.open(folder)
    return roads.packed(city, load_calibration(city.calibration_path))


async def _pour(file: BinaryIO, at: int, end: int, send: Send) -> None:
    file.seek(at)
    while at < end:
        block = await asyncio.to_thread(file.read, min(_CHUNK, end - at))
        assert block, "a shelved file became shorter"
        at += len(block)
        await send({"type": "http.response.body", "body": block, "more_body": at < end})
    if at == end == 0:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _shelved(path: Path, keep: str) -> Shelved:
    stat = path.stat()
    etag = hashlib.sha256(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:20]
    media = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Shelved(path, stat.st_size, f'"{etag}"', media, keep)


def span(begin: str, end: str, size: int) -> tuple[int, int]:
    """The first and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n` (RFC 9110, section 14.1.2); 416 outside the file."""
    if begin:
        first, last = int(begin), min(int(end), size - 1) if end else size - 1
    elif end:
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = 0, size - 1
    if first > last:
        raise refusal(416)
    return first, last
