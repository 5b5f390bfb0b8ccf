"""The city's own sign-in against a real provider on loopback: who is known comes in, what is used twice or changed does not."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.edges.web.running import Running, running
from tocsin.edges.web.oidc import OidcTable, faults
from tocsin.kernel import Words

with warnings.catch_warnings():  # its own libraries announce their next versions
    warnings.simplefilter("ignore")
    import oidc_provider_mock

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""The provider's own libraries announce their next versions while it answers."""
PEOPLE = [oidc_provider_mock.User(sub="s-1", claims={"preferred_username": "planner"}), oidc_provider_mock.User(sub="s-2", claims={"preferred_username": "stranger"}),
          oidc_provider_mock.User(sub="s-3", claims={"preferred_username": "planner"}), oidc_provider_mock.User(sub="s-4", claims={"preferred_username": "crew", "groups": ["fire"]})]


def _table(port: int, **more: object) -> OidcTable:
    return OidcTable(issuer=f"http://localhost:{port}", client_id="tocsin", secret="the secret", words=Words("City account", "统一认证"), **more)  # type: ignore[arg-type]  # as given


@contextmanager
def _city(data: Path, **more: object) -> Iterator[Running]:
    with oidc_provider_mock.run_server_in_thread(user_claims=PEOPLE) as provider, running(data, city_sign_in=_table(provider.server_port, **more)) as house:
        yield house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    with _city(tmp_path) as floor:
        yield floor


@contextmanager
def _browser(house: Running) -> Iterator[httpx.Client]:
    with house.client() as client:
        client.base_url = httpx.URL(f"http://localhost:{house.port}")
        yield client


def _there(browser: httpx.Client, subject: str) -> str:
    """Away to the provider, signed in there as somebody; the address that it sends the browser back to."""
    away = browser.get("/api/sign-in/oidc")
    assert away.status_code == 303, away.text
    query = dict(parse_qsl(urlsplit(away.headers["location"]).query))
    assert (query["code_challenge_method"], query["response_type"]) == ("S256", "code")
    assert query["state"] and query["nonce"]
    assert all(part in away.headers["set-cookie"] for part in ("HttpOnly", "SameSite=Lax", "Path=/api/sign-in/oidc/back"))
    said = httpx.post(away.headers["location"], data={"sub": subject}, trust_env=False)
    assert said.status_code == 302, said.text
    return str(said.headers["location"])


def test_somebody_known_here_comes_in_with_the_roles_of_here(house: Running) -> None:
    with _browser(house) as browser:
        assert browser.get("/api/sign-in/ways").json()["oidc"] == {"en": "City account", "zh": "统一认证"}
        back = browser.get(_there(browser, "s-1"))
        assert (back.status_code, back.headers["location"]) == (303, "/")
        assert "SameSite=Strict" in back.headers["set-cookie"]
        assert browser.get("/api/me").json()["roles"] == ["planner"]


def test_a_stranger_a_taken_over_name_and_an_ended_person_do_not(house: Running) -> None:
    with _browser(house) as browser:
        assert browser.get(_there(browser, "s-2")).headers["location"] == "/#oidc=oidc_unknown"
        assert browser.get(_there(browser, "s-1")).headers["location"] == "/"
        assert browser.get(_there(browser, "s-3")).headers["location"] == "/#oidc=oidc_unknown", "the same name, another subject"
        house.as_("admin").post("/api/people/end", json={"name": "planner"})
        assert browser.get(_there(browser, "s-1")).headers["location"] == "/#oidc=oidc_unknown"


def test_a_group_that_is_mapped_gives_its_roles_to_somebody_new(tmp_path: Path) -> None:
    with _city(tmp_path, groups_claim="groups", groups={"fire": ("responder",)}) as house, _browser(house) as browser:
        assert browser.get(_there(browser, "s-4")).headers["location"] == "/"
        assert browser.get("/api/me").json()["roles"] == ["responder"]


def test_state_is_good_once_in_its_own_browser_and_unchanged(house: Running) -> None:
    with _browser(house) as browser, _browser(house) as other:
        back = _there(browser, "s-1")
        assert other.get(back).headers["location"] == "/#oidc=oidc_late", "another browser"
        assert browser.get(back.replace("state=", "state=x")).headers["location"] == "/#oidc=oidc_late"
        assert browser.get(back).headers["location"] == "/"
        assert browser.get(back).headers["location"] == "/#oidc=oidc_late", "used before"
        swapped = _there(browser, "s-1").replace("code=", "code=x")
        assert browser.get(swapped).headers["location"] == "/#oidc=oidc_late"


def test_a_provider_that_is_down_says_so_and_the_other_ways_stay(tmp_path: Path) -> None:
    with running(tmp_path, city_sign_in=_table(9)) as house, _browser(house) as browser:
        away = browser.get("/api/sign-in/oidc")
        assert (away.status_code, away.headers["location"]) == (303, "/#oidc=down")
        assert browser.post("/api/sign-in", json={"name": "planner", "password": "pass word planner"}).status_code == 200


def test_settings_that_would_be_unsafe_are_refused() -> None:
    assert faults(OidcTable(issuer="http://city.example", client_id="x", words=Words("a", "b"))) == ["the issuer must be https"]
    assert len(faults(OidcTable(issuer="https://city.example", client_id="x", words=Words("a", "b"), groups={"all": ("admin",)}))) == 2
