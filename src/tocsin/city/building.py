"""The compiler's front: sources of either sort in, a city folder out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tocsin.city.compile import compile_city
from tocsin.city.faults import CityFault
from tocsin.city.files import read_files
from tocsin.city.limits import sha256_of
from tocsin.city.manifest import Manifest, Source
from tocsin.city.mapping import read_mapping
from tocsin.city.osm import SUFFIXES, is_osm, read_osm


def quiet(line: str) -> None:
    """Say nothing."""


def build(
    sources: Sequence[Path | str],
    out: Path | str,
    mapping: Path | str | None = None,
    name: str | None = None,
    say: Callable[[str], None] = quiet,
) -> Manifest:
    """Compile one city from its sources into the folder `out` and return the manifest.

    Without a mapping the sources are OSM extracts; with one (a TOML file) they are a city's own files, in the folder or
    files named. An `out` that is a city already is replaced at the end. Raises CityFault, and then nothing has been
    written.
    """
    paths = [Path(source) for source in sources]
    if not paths:
        raise CityFault("city.no_sources", "Name at least one source file.")
    if missing := [path for path in paths if not path.exists()]:
        raise CityFault("city.source_missing", f"There is no file {missing[0]}.")
    if mapping is not None:
        rules = read_mapping(Path(mapping))
        survey, paths = read_files(paths, rules, say)
        name = name or rules.name
    elif strange := [path for path in paths if not is_osm(path)]:
        kinds = ", ".join(SUFFIXES[:3])
        raise CityFault("city.source_unknown", f"{strange[0].name} is no OSM extract ({kinds}); other files need a mapping.")
    else:
        survey = read_osm(paths, say)
    hashed = [Source(path.name, sha256_of(path), path.stat().st_size) for path in paths]
    called = name or paths[0].name.split(".")[0]
    return compile_city(survey, Path(out), name=called, made=False, sources=hashed, say=say)
