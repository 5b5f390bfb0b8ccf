"""From a survey to a city folder, step by step: arrays, contraction order, names, addresses, areas, assets, basemap,
manifest.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import shapely
import tzfpy

from tocsin.city.arrays import Ground, lay, shares
from tocsin.city.basemap import draw
from tocsin.city.cutting import lengths_m
from tocsin.city.entries import entries, write
from tocsin.city.folder import fresh_folder, save_arrays
from tocsin.city.manifest import FORMAT, Manifest, Source, hash_files, version_of, write_manifest
from tocsin.city.ordering import save_order
from tocsin.city.survey import Entry, Range, Survey
from tocsin.engines.places.compile import Shapes, build_index

Say = Callable[[str], None]


def compile_city(survey: Survey, out: Path, *, name: str, made: bool, sources: list[Source], say: Say) -> Manifest:
    """Write the whole folder of a surveyed city at `out` and return its manifest; CityFault, and nothing written, where
    that fails.
    """
    ground = lay(survey)
    network = ground.network
    say(f"{len(network.lon):,} junctions, {len(network.tail):,} arcs, {len(network.ban_from):,} forbidden turns")
    with fresh_folder(out) as folder:
        save_arrays(ground.arrays(), folder / "roads")
        say("ordering the junctions")
        save_order(network, folder / "roads" / "topology")
        lines = entries(survey)
        say(f"{len(lines):,} entries for the address search")
        _save_names(survey, lines, folder)
        say("drawing the basemap")
        draw(survey, name, folder)
        files = hash_files(folder)
        west, south, east, north = (
            float(value) for value in (network.lon.min(), network.lat.min(), network.lon.max(), network.lat.max())
        )
        manifest = Manifest(
            format=FORMAT,
            name=name,
            made=made,
            version=version_of(files),
            attribution=survey.attribution,
            timezone=survey.timezone or str(tzfpy.get_tz((west + east) / 2, (south + north) / 2)) or "UTC",
            bounds=(west, south, east, north),
            counts=_counts(survey, ground, lines),
            odd=survey.odd.report(),
            sources=sources,
            files=files,
        )
        write_manifest(manifest, folder)
    say(f"{name}: city version {manifest.version} at {out}")
    return manifest


def _save_names(survey: Survey, lines: list[Entry], folder: Path) -> None:
    (folder / "streets.json").write_bytes(msgspec.json.encode(survey.streets) + b"\n")
    (folder / "places").mkdir()
    write(lines, folder / "places" / "entries.jsonl.gz")
    (folder / "places" / "index").mkdir()
    shapes = Shapes(survey.segments.shape_at, survey.segments.shape_lon, survey.segments.shape_lat)
    plain = (msgspec.to_builtins(line) for line in lines)
    build_index(msgspec.to_builtins(survey.streets), plain, str(folder / "places" / "index"), shapes)
    drawn = shapely.to_geojson(shapely.transform([area.shape for area in survey.areas], lambda at: at.round(6)))
    features = [
        {
            "type": "Feature",
            "id": index,
            "properties": {"name": area.name, "name_zh": area.name_zh, "name_en": area.name_en, "level": area.level},
            "geometry": msgspec.Raw(shape.encode()),
        }
        for index, (area, shape) in enumerate(zip(survey.areas, drawn, strict=True))
    ]
    (folder / "areas.geojson").write_bytes(msgspec.json.encode({"type": "FeatureCollection", "features": features}) + b"\n")
    (folder / "assets.jsonl").write_bytes(b"".join(msgspec.json.encode(asset) + b"\n" for asset in survey.assets))


def _counts(survey: Survey, ground: Ground, lines: list[Entry]) -> dict[str, object]:
    network, segments = ground.network, survey.segments
    kinds: dict[str, int] = {}
    for asset in survey.assets:
        kinds[asset.kind] = kinds.get(asset.kind, 0) + 1
    both = (segments.access != 0).all(axis=1)
    return {
        "nodes": len(network.lon),
        "segments": segments.count,
        "arcs": len(network.tail),
        "one_way_segments": int((~both).sum()),
        "emergency_only_arcs": int((ground.access == 2).sum()),
        "tagged_speed_arcs": int(ground.tagged.sum()),
        "bans": len(network.ban_from),
        "streets": len(survey.streets),
        "numbers": len(survey.numbers),
        "ranges": sum(isinstance(line, Range) for line in lines),
        "places": len(survey.places),
        "entries": len(lines),
        "areas": len(survey.areas),
        "assets": dict(sorted(kinds.items())),
        "length_km": round(float(lengths_m(segments).sum()) / 1000, 3),
        "strongly_connected_share": shares(ground),
    }
