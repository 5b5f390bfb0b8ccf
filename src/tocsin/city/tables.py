"""Rows of a city's own files: CSV (also gzipped), GeoJSON, and zipped shapefiles brought to WGS84 by their own
projection.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapefile
import shapely
from shapely.geometry.base import BaseGeometry

from tocsin.city.faults import CityFault
from tocsin.city.limits import check_archive, unpacked

_LONGEST_FIELD = 1 << 24
WHOLE_FILE_BYTES = 2**30  # GeoJSON is read in one piece

Row = tuple[dict[str, str], BaseGeometry | None]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and its rows, each with its shape where the file has shapes."""

    file: str
    columns: tuple[str, ...]
    rows: Iterable[Row]

    def need(self, *columns: str | None) -> None:
        """Raise CityFault, naming the first column that is wanted and absent, and those that are there."""
        for column in columns:
            if column is not None and column not in self.columns:
                there = ", ".join(self.columns[:30])
                raise CityFault("city.column_missing", f"{self.file} has no column '{column}'; it has: {there}.")


def open_table(path: Path) -> Table:
    """Open a file by the end of its name; CityFault where it is damaged, absurdly large, or of no known form."""
    check_archive(path)
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return _csv(path)
    if name.endswith((".geojson", ".json", ".geojson.gz")):
        return _geojson(path)
    if name.endswith(".zip"):
        return _shapes(path)
    raise CityFault("city.source_unknown", f"{path.name} is none of .csv, .csv.gz, .geojson, .zip (a shapefile).")


def _csv(path: Path) -> Table:
    csv.field_size_limit(_LONGEST_FIELD)
    header = next(_lines(path), None)
    if not header:
        raise CityFault("city.source_unreadable", f"{path.name} has no header line.")
    columns = tuple(column.strip() for column in header)
    return Table(path.name, columns, _csv_rows(path, columns))


def _csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    lines = _lines(path)
    next(lines)
    for line in lines:
        yield dict(zip(columns, line, strict=False)), None


def _lines(path: Path) -> Iterator[list[str]]:
    with unpacked(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        try:
            yield from csv.reader(text)
        except (csv.Error, UnicodeDecodeError) as error:
            raise CityFault("city.source_unreadable", f"{path.name} cannot be read as CSV in UTF-8: {error}") from error


def _geojson(path: Path) -> Table:
    with unpacked(path) as raw:
        text = raw.read(WHOLE_FILE_BYTES + 1)
    if len(text) > WHOLE_FILE_BYTES:
        raise CityFault(
            "city.source_too_large", f"{path.name} is larger than {WHOLE_FILE_BYTES:,} bytes; give it as CSV or shapefile."
        )
    try:
        features = json.loads(text)["features"]
        rows = [_feature(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise CityFault(
            "city.source_unreadable", f"{path.name} is not a GeoJSON FeatureCollection: {str(error)[:100]}"
        ) from error
    columns = dict.fromkeys(column for properties, _ in rows for column in properties)
    return Table(path.name, tuple(columns), rows)


def _feature(feature: dict[str, Any]) -> Row:
    properties = {key: "" if value is None else str(value) for key, value in (feature.get("properties") or {}).items()}
    geometry = feature.get("geometry")
    return properties, None if geometry is None else shapely.geometry.shape(geometry)


def _shapes(path: Path) -> Table:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        layers = [name for name in names if name.lower().endswith(".shp")]
        if len(layers) != 1:
            raise CityFault("city.source_unreadable", f"{path.name} holds {len(layers)} shapefiles; one is wanted.")
        stem = layers[0][:-4]
        projection = next((name for name in names if name.lower() == f"{stem}.prj".lower()), None)
        described = archive.read(projection).decode("utf-8", "replace") if projection else None
        encoded = next(
            (archive.read(name).decode("ascii", "replace").strip() for name in names if name.lower() == f"{stem}.cpg".lower()),
            "utf-8",
        )
    try:
        turn = (
            None
            if described is None
            else pyproj.Transformer.from_crs(pyproj.CRS.from_wkt(described), "EPSG:4326", always_xy=True)
        )
        with shapefile.Reader(str(path), encoding=encoded, encodingErrors="replace") as reader:
            columns = tuple(field[0] for field in reader.fields if field[0] != "DeletionFlag")
            rows = [_shape_row(columns, item, turn) for item in reader.iterShapeRecords()]
    except (shapefile.ShapefileException, pyproj.exceptions.ProjError, ValueError, OSError, LookupError) as error:
        raise CityFault("city.source_unreadable", f"{path.name} cannot be read as a shapefile: {str(error)[:100]}") from error
    return Table(path.name, columns, rows)


def _shape_row(columns: tuple[str, ...], item: Any, turn: pyproj.Transformer | None) -> Row:
    record = {column: "" if value is None else str(value) for column, value in zip(columns, item.record, strict=True)}
    if item.shape.shapeType == shapefile.NULL:
        return record, None
    shape = shapely.geometry.shape(item.shape.__geo_interface__)
    if turn is not None:
        shape = shapely.transform(shape, lambda at: np.column_stack(turn.transform(at[:, 0], at[:, 1])))
    return record, shape
