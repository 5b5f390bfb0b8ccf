"""The machine itself: interpreter, compiled packages, memory, disk and its syncs, clock, limits, port, and the console's files."""

import ctypes
import os
import resource
import socket
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter

import apsw

from tocsin.house.fitness import Found, graded, ok
from tocsin.kernel import Words

PACKAGES = ("apsw", "argon2", "cedarpy", "cryptography", "h3", "msgspec", "numba", "numpy", "osmium", "PIL", "psycopg", "pymetis", "pyproj", "pyrage",
            "rapidfuzz", "scipy", "shapely", "tantivy", "tzfpy", "zstandard")
"""Those with machine code of their own: a wheel for another processor or system is found out by importing it."""
_PYTHON, _SQLITE = (3, 11), (3, 51, 3)
_SYNCS = 40
_GB = 1 << 30
_TIME_ERROR = 5
_FLEETING, _ELSEWHERE = ("tmpfs", "ramfs"), ("nfs", "nfs4", "cifs", "smb3", "fuse", "9p", "overlay")


def machine(data: Path, console: Path, host: str, port: int, cache: str) -> Iterator[Found]:
    """Everything about this machine; `data` is where the records will be, `cache` where numba is told to keep its code (empty: nowhere else)."""
    yield _python()
    yield from _packages()
    yield _memory()
    yield _user()
    yield _cache(Path(cache) if cache else Path(__file__).resolve().parents[2] / "engines" / "roads")
    place = next(folder for folder in (data.resolve(), *data.resolve().parents) if folder.is_dir())
    written = _writable(place, data)
    yield written
    if written.state != "fail":
        yield _kind(place)
        yield _room(place)
        yield _syncs(place)
    yield _clock()
    yield _files()
    yield _port(host, port)
    yield _console(console)


def _python() -> Found:
    said = ".".join(map(str, sys.version_info[:3]))
    return graded("python", Words(f"Python {said}", f"Python {said}"), Words("Install Python 3.11 or newer.", "请安装 Python 3.11 或更高版本。"),
                  fails=sys.version_info[:2] < _PYTHON)


def _packages() -> Iterator[Found]:
    bad = []
    for name in PACKAGES:
        try:
            import_module(name)
        except (ImportError, OSError) as error:
            bad.append(f"{name} ({error})")
    held = Words("; ".join(bad) or f"all {len(PACKAGES)} with machine code can be loaded", "；".join(bad) or f"{len(PACKAGES)} 个含机器码的软件包均可加载")
    yield graded("packages", held, Words("Install again, with wheels for this processor and system.", "请安装适合本机处理器与系统的软件包。"), fails=bool(bad))
    version = apsw.sqlite_lib_version()
    yield graded("sqlite", Words(f"SQLite {version}", f"SQLite {version}"), Words("Install apsw anew: older ones carry the WAL-reset bug.", "请重新安装 apsw：旧版存在 WAL 重置缺陷。"),
                 fails=tuple(map(int, version.split("."))) < _SQLITE)


def _memory() -> Found:
    size, cores = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), os.cpu_count() or 1
    return graded("memory", Words(f"{size / _GB:.1f} GB of memory, {cores} cores", f"内存 {size / _GB:.1f} GB，{cores} 核"),
                  Words("A floor of a city wants 4 GB and 2 cores.", "城市级部署建议 4 GB 内存、2 核。"), fails=size < _GB, warns=size < 3.5 * _GB or cores < 2)


def _user() -> Found:
    root = os.geteuid() == 0
    return graded("user", Words("this is root" if root else "not root", "当前为 root" if root else "非 root 用户"),
                  Words("Run it as a user of its own (deploy/tocsin.service does).", "请使用专用账户运行（参见 deploy/tocsin.service）。"), fails=False, warns=root)


def _cache(folder: Path) -> Found:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ok("numba", f"compiled code can be kept in {folder}", f"编译缓存可写入 {folder}")
    except OSError as error:
        return graded("numba", Words(f"compiled code cannot be kept in {folder} ({error.strerror})", f"编译缓存无法写入 {folder}（{error.strerror}）"),
                      Words("Set NUMBA_CACHE_DIR to a folder that this user can write, or each start compiles for a minute.", "请将 NUMBA_CACHE_DIR 设为可写目录，否则每次启动都要编译约一分钟。"),
                      fails=False, warns=True)


def _writable(place: Path, data: Path) -> Found:
    shown = data.stat().st_mode & 0o077 if data.is_dir() else 0
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Found("data", "fail", Words(f"{place} cannot be written by this user ({error.strerror})", f"当前用户无法写入 {place}（{error.strerror}）"),
                     Words("Give the folder to the user that the house runs as.", "请将该目录授予运行账户。"))
    return graded("data", Words(f"{data} can be written" + (", and others can look into it" if shown else ""), f"{data} 可写" + ("，但其他用户可查看" if shown else "")),
                  Words(f"chmod 700 {data}", f"chmod 700 {data}"), fails=False, warns=bool(shown))


def _kind(place: Path) -> Found:
    kind = _file_system(place)
    return graded("file system", Words(kind, kind),
                  Words("Keep the records on a local disk that is there after a restart.", "请将记录存放在重启后仍在的本地磁盘上。"), fails=kind in _FLEETING, warns=kind.partition(".")[0] in _ELSEWHERE)


def _file_system(place: Path) -> str:
    """The kind of the file system that a folder lies on, as the kernel names it."""
    best, found = -1, "unknown"
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return found
    for line in mounts:
        _, at, kind, *_ = line.split(" ")
        if place.is_relative_to(at.replace("\\040", " ")) and len(at) >= best:
            best, found = len(at), kind
    return found


def _room(place: Path) -> Found:
    held = os.statvfs(place)
    free = held.f_bavail * held.f_frsize
    return graded("room", Words(f"{free / _GB:.1f} GB free", f"剩余 {free / _GB:.1f} GB"),
                  Words("A million facts take up to 3.5 GB, and the trail its days beside: 20 GB is a start.", "一百万条事实最多约需 3.5 GB，另需存放轨迹，建议至少 20 GB。"), fails=free < _GB, warns=free < 20 * _GB)


def _syncs(place: Path) -> Found:
    took = []
    with tempfile.TemporaryFile(dir=place) as file:
        for _ in range(_SYNCS):
            file.write(b"\0" * 4_096)
            file.flush()
            at = perf_counter()
            os.fsync(file.fileno())
            took.append(perf_counter() - at)
    middle, worst = median(took) * 1_000, max(took) * 1_000
    return graded("sync", Words(f"a sync takes {middle:.1f} ms, at worst {worst:.0f} ms of {_SYNCS}", f"一次落盘 {middle:.1f} 毫秒，{_SYNCS} 次中最慢 {worst:.0f} 毫秒"),
                  Words("Every acknowledged command waits for a sync: give the records a disk (or a controller) that syncs within 10 ms.",
                        "每条确认的指令都要等待落盘：请使用落盘时间 10 毫秒以内的磁盘。"), fails=middle > 100, warns=middle > 15)


def _clock() -> Found:
    """What the kernel says of its own clock; whoever disciplines it (chrony, timesyncd) tells the kernel."""
    do = Words("Let chrony or systemd-timesyncd run: times in the ledger are evidence.", "请启用 chrony 或 systemd-timesyncd：账本时间是证据。")
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
    except (OSError, AttributeError):
        return Found("clock", "warn", Words("whether the clock is synchronised cannot be seen", "无法得知时钟是否同步"), do)
    bad = state in (-1, _TIME_ERROR)
    return graded("clock", Words("not synchronised" if bad else "synchronised", "未同步" if bad else "已同步"), do, fails=False, warns=bad)


def _files() -> Found:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return graded("open files", Words(f"at most {soft:,}", f"上限 {soft:,}"), Words("Raise it to 65536 (LimitNOFILE in the unit, or ulimit -n).", "请提高到 65536（单元中的 LimitNOFILE 或 ulimit -n）。"),
                  fails=0 <= soft < 256, warns=0 <= soft < 4_096)


def _port(host: str, port: int) -> Found:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return ok("port", f"{host}:{port} is free", f"{host}:{port} 可用")
    except OSError as error:
        return Found("port", "fail", Words(f"{host}:{port} cannot be used ({error.strerror})", f"{host}:{port} 不可用（{error.strerror}）"),
                     Words("Stop what listens there, or give --port.", "请停止占用该端口的程序，或使用 --port 指定其他端口。"))


def _console(folder: Path) -> Found:
    there = (folder / "index.html").is_file() and any(folder.rglob("*.woff2"))
    return graded("console", Words(f"{folder} {'has page and faces' if there else 'has no page or no faces'}", f"{folder} {'页面与字体齐全' if there else '缺少页面或字体'}"),
                  Words("Install the wheel, or build it: make console.", "请安装发行包，或执行 make console 构建。"), fails=not there)
