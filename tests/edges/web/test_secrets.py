"""A served house in its own process, everything logged: nothing that was said, typed or handed out is in what it writes."""

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import httpx
import pyotp
from PIL import Image

from tests.edges.web.running import HEADERS, Listener
from tests.floor import small_city
from tests.shared import ROOT
from tocsin.cli.settings import SystemClock

_SERVE = """
import logging, sys
from pathlib import Path
from tests.floor import small_house
from tocsin.city import City
from tocsin.cli.settings import SystemClock
from tocsin.edges import journal
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tocsin.edges.web.own import Own
from tocsin.house import House
from tests import floor

logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
for name, form in (("plain", journal.AsText()), ("json", journal.AsJson("north"))):
    handler = logging.FileHandler(Path(sys.argv[1]) / f"{name}.log")
    handler.setFormatter(form)
    logging.getLogger().addHandler(handler)

async def faulty(self, asked):
    raise RuntimeError(repr(asked))

do = House.do
def breaking(self, command, by):
    if "break" in getattr(command, "note", ""):
        raise KeyError(command, by)
    return do(self, command, by)

Own.checkpoint, House.do = faulty, breaking
data, city = Path(sys.argv[1]), City.open(sys.argv[2])
floor.small_city = lambda: city
people = People(data, SystemClock())
for name, roles in (("desk", ("dispatcher", "call_taker")), ("boss", ("admin",))):
    people.add(name, roles, sys.argv[3] + name, alone=True)
serve(app(small_house(data / "house", SystemClock()), people=people, console=None, city_folder=city.path, demo=False), "127.0.0.1", 0,
      ready=lambda port: print(port, flush=True))
"""
_PASSWORD, _GUESS, _NEW = "planted-pass-", "planted-wrong-guess", "planted new pass word"
_CALLER, _NUMBER, _WORDS, _FILE, _TAKEN = "Quibble Zarf", "+358405558812", "gate code 4711 behind the saltworks", "zarf-kitchen", "Zarf's own camera"


def _photo() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = _TAKEN, {1: "N", 2: (60.0, 10.0, 12.5), 3: "E", 4: (24.0, 56.0, 30.0)}
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (9, 9, 9)).save(out, "JPEG", exif=exif)
    return out.getvalue()


class _Told:
    """What was said, typed or handed out, by what it is."""

    def __init__(self) -> None:
        self.secrets = {"caller": _CALLER, "number": _NUMBER, "words": _WORDS, "file name": _FILE, "in the file": _TAKEN,
                        "password": _PASSWORD, "guess": _GUESS, "new password": _NEW}

    def keep(self, what: str, value: str) -> str:
        assert len(value) >= 6, (what, value)
        self.secrets[what] = value
        return value


def _boss(boss: httpx.Client, nobody: httpx.Client, told: _Told) -> str:
    """Signing in, inviting, joining with a second factor, a machine's key; and all of it wrongly as well. Gives the key."""
    assert nobody.post("/api/sign-in", json={"name": "desk", "password": _GUESS}).status_code == 401
    cookie = boss.post("/api/sign-in", json={"name": "boss", "password": f"{_PASSWORD}boss"}).cookies["tocsin_session"]
    boss.headers["cookie"] = f"tocsin_session={told.keep('administrator cookie', cookie)}"
    link = boss.post("/api/people/invite", json={"name": "newcomer", "roles": ["dispatcher"], "posts": []}).json()["path"].removeprefix("/#link=")
    told.keep("link", link)
    secret = told.keep("second factor", nobody.post("/api/join/second/begin", json={"ticket": link}).json()["secret"])
    assert nobody.post("/api/join/second", json={"ticket": link, "code": "000000", "password": _NEW}).status_code >= 400
    code = pyotp.TOTP(secret).at(SystemClock().now() // 1_000_000)
    joined = nobody.post("/api/join/second", json={"ticket": link, "code": code, "password": _NEW})
    assert joined.status_code == 200, joined.text
    for number, recovery in enumerate(joined.json()["codes"]):
        told.keep(f"recovery {number}", recovery)
    assert nobody.post("/api/join/second/begin", json={"ticket": link}).status_code == 410, "used up"
    given = boss.post("/api/keys", json={"name": "tracker 9"})
    assert given.status_code == 200, given.text
    return told.keep("key", given.json()["key"])


def _desk(desk: httpx.Client, port: int, told: _Told) -> None:
    """A call with everything personal, a file, the stream; then refusals and faults with the same words in them."""
    cookie = told.keep("cookie", desk.post("/api/sign-in", json={"name": "desk", "password": f"{_PASSWORD}desk"}).cookies["tocsin_session"])
    desk.headers["cookie"] = f"tocsin_session={cookie}"
    call = {"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical", "caller": _CALLER, "number": _NUMBER, "notes": _WORDS}
    taken = desk.post("/api/calls", json=call)
    assert taken.status_code == 200, taken.text
    incident = taken.json()["subject"].removeprefix("call:")
    words = HEADERS | {"x-file-name": quote(f"{_FILE}.jpg"), "content-type": "application/octet-stream"}
    assert desk.post(f"/api/incidents/{incident}/files", content=_photo(), headers=words).status_code == 200
    assert desk.post(f"/api/incidents/{incident}/files", content=_photo()[:300] + _WORDS.encode(), headers=words).status_code == 422
    with Listener(port, cookie) as listener:
        assert listener.hear() is not None
    assert _CALLER in desk.get(f"/api/incidents/{incident}/story").text, "what is planted is really there"
    wrong = [("/api/calls", call | {"kind": _WORDS}), ("/api/calls", call | {_CALLER: _NUMBER}), (f"/api/incidents/{_FILE}/notes", {"note": _WORDS})]
    assert [desk.post(path, json=body).status_code < 500 for path, body in wrong] == [True] * 3
    assert desk.post("/api/calls", content=b'{"caller": "' + _CALLER.encode(), headers={"content-type": "application/json"}).status_code == 400
    broke = [desk.post(f"/api/incidents/{incident}/notes", json={"note": f"break {_WORDS}"}), desk.get("/api/checkpoint", params={"q": _NUMBER})]
    assert [answer.status_code for answer in broke] == [500, 500]
    told.secrets["faults"] = " ".join(answer.json()["title"].removesuffix(".").rpartition(" ")[2] for answer in broke)
    assert desk.get("/api/me", headers={"cookie": f"tocsin_session={cookie}x"}).status_code == 401
    digits = _NUMBER.removeprefix("+")
    for given in (f"{digits}{digits}"[:16], digits, _CALLER, _WORDS[:16]):
        answer = desk.get("/api/me", headers={"x-request-id": given, "traceparent": f"00-{given}-00f067aa0ba902b7-01"})
        assert answer.headers["x-request-id"] != given and "traceparent" not in answer.headers


def _lines_of_requests(written: str) -> None:
    """Each record is one line, and a request's says its door and what came of it."""
    lines = [json.loads(line) for line in written.splitlines()]
    asked = [line for line in lines if line["from"] == "tocsin.requests"]
    assert {(line["verb"], line["door"], line["code"]) for line in asked} >= {
        ("POST", "/api/calls", "ok"), ("POST", "/api/calls", "field_wrong"), ("POST", "/api/sign-in", "sign_in_failed"), ("GET", "/api/incidents/{incident}/story", "ok"),
        ("POST", "/api/incidents/{incident}/notes", "our_fault"), ("GET", "/api/live", "ok")}
    assert all(line["node"] == "north" and line["ms"] >= 0 and len(line["request"]) == 32 for line in asked)


def test_nothing_secret_or_personal_is_in_any_line_that_a_served_house_writes(tmp_path: Path) -> None:
    told, out, err = _Told(), tmp_path / "out", tmp_path / "err"
    (tmp_path / "data").mkdir()
    with out.open("wb") as said, err.open("wb") as errors:
        process = subprocess.Popen([sys.executable, "-X", "dev", "-c", _SERVE, str(tmp_path / "data"), str(small_city().path), _PASSWORD], cwd=ROOT,
                                   stdout=subprocess.PIPE, stderr=errors)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, err.read_text()
            port = int(line)
            words = {"base_url": f"http://127.0.0.1:{port}", "headers": HEADERS, "trust_env": False, "timeout": 30}
            with httpx.Client(**words) as boss, httpx.Client(**words) as nobody, httpx.Client(**words) as desk:  # type: ignore[arg-type]  # mixed
                key = _boss(boss, nobody, told)
                _desk(desk, port, told)
                for bearer in (key, f"{key}x"):
                    nobody.post("/api/positions", json={"fixes": []}, headers={"authorization": f"Bearer {bearer}"})
            process.send_signal(signal.SIGTERM)
            said.write(process.communicate(timeout=60)[0])
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0
    written = out.read_text() + err.read_text() + "".join(path.read_text(errors="replace") for path in (tmp_path / "data").rglob("*.log*"))
    for fault in told.secrets.pop("faults").split():
        assert f"incident {fault}" in written, "the log was really kept"
    assert "DEBUG" in written
    _lines_of_requests((tmp_path / "data" / "json.log").read_text())
    assert " info tocsin.requests POST /api/calls ok " in (tmp_path / "data" / "plain.log").read_text()
    folded = re.sub(r"[\s'\"]+", " ", written).casefold()
    found = sorted(what for what, secret in told.secrets.items()
                   if secret in written or secret.casefold() in folded or secret.partition(".")[0] in written or quote(secret) in written)
    assert found == []
