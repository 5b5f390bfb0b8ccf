"""The nodes of one house as processes, each with a line of its own to the database and one by which the others reach it; its clock may jump."""

import mmap
import struct
from pathlib import Path

from faults.programs import Program
from faults.wire import Wire


class Node(Program):
    """One `tocsin serve`."""

    def __init__(self, name: str, data: Path, notes: Path, city: Path, database: int) -> None:
        """`notes` is the folder for what it says, apart from its records; without a `database` (0) the house is alone on files of its own."""
        super().__init__(notes / f"{name}.log")
        self.name, self.data, self._city, self._alone = name, data, city, not database
        self.to_database, self.to_it = Wire(database), Wire(self.port)
        self._shift = notes / f"{name}.shift"
        self._shift.write_bytes(bytes(8))
        self.version = 0
        """The last number of the program's version, which each start after a stop raises."""

    def start(self) -> None:
        """Start it; it is looked at later whether it answers."""
        words = ["serve", "--city", str(self._city), "--data", str(self.data), "--port", str(self.port)]
        if not self._alone:
            words += ["--node", self.name, "--node-address", f"http://127.0.0.1:{self.to_it.port}", "--database",
                      f"postgresql://postgres@127.0.0.1:{self.to_database.port}/postgres"]
        self.run("faults.clocked", str(self._shift), str(self.version), *words)

    def jump(self, seconds: int) -> None:
        """Its clock is off by so much from now on."""
        with self._shift.open("r+b") as file, mmap.mmap(file.fileno(), 8) as shift:
            shift[:8] = struct.pack("<q", seconds)

    def close(self) -> None:
        """End it and its lines."""
        super().close()
        self.to_database.end()
        self.to_it.end()
