"""What goes with every answer, and what must come with every POST: nothing is stored, framed, sniffed or asked by another site's page."""

import pytest

from tests.edges.web.running import HEADERS, Running
from tocsin.edges.web.gate import SAFE_HEADERS


def test_every_answer_of_every_line_has_the_safe_headers_and_is_not_stored(floor: Running) -> None:
    seen = 0
    for line in floor.web.menu:
        path = line.path.replace("{", "").replace("}", "")
        if path.endswith("sign-out"):
            continue
        for who in ("dispatcher", "nobody"):
            with floor.as_(who).stream(line.verb, path, **({"json": {}} if line.verb == "POST" else {})) as answer:
                for name, value in SAFE_HEADERS:
                    assert value.decode() in answer.headers.get_list(name.decode()), (path, name)
                stored = answer.headers["cache-control"]
                assert stored == "no-store" or line.path.startswith("/tlog/"), (path, stored)
            seen += 1
    assert seen >= 2 * len(floor.web.menu) - 4


def test_the_crews_page_alone_may_listen_and_none_may_see(floor: Running) -> None:
    client = floor.as_("nobody")
    heard = {path: client.get(path).headers["permissions-policy"] for path in ("/", "/field", "/field.html", "/trail", "/api/me", "/fieldx", "/field/")}
    assert {path for path, says in heard.items() if "microphone=(self)" in says} == {"/field", "/field.html"}
    assert all("camera=()" in says and "geolocation=(self)" in says for says in heard.values())
    assert all("microphone=()" in says for path, says in heard.items() if path not in ("/field", "/field.html"))


@pytest.mark.parametrize("forged", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"},
                                    {"origin": "null"}, {"origin": "http://localhost.elsewhere.example"}, {"x-tocsin": "0"}])
def test_a_post_of_another_sites_page_is_refused_at_every_line(floor: Running, forged: dict[str, str]) -> None:
    client = floor.as_("supervisor")
    before = floor.house.ledger.head()
    for line in floor.web.menu:
        if line.verb == "POST":
            path = line.path.replace("{", "").replace("}", "")
            answer = client.post(path, json={}, headers=HEADERS | forged)
            assert answer.status_code == 403, path
            assert answer.json()["code"] in ("cross_site", "header_missing"), path
    assert floor.house.ledger.head() == before


def test_our_own_page_is_let_through(floor: Running) -> None:
    own = {"sec-fetch-site": "same-origin", "origin": f"http://127.0.0.1:{floor.port}"}
    assert floor.as_("dispatcher").post("/api/calls", json={}, headers=HEADERS | own).json()["code"] == "field_wrong"


