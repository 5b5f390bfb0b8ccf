"""Coming in at the page, by keyboard, in both languages: invited with a passkey, a second factor, and one's own account."""


import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, obstacles, picture, watch


def _authenticator(page: Page) -> None:
    """A passkey holder of Chromium's own, which always finds its person there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True}})


def _link(town: Served, name: str, *roles: str) -> str:
    _, token = town.links.give("invite", name, roles=roles, posts=("desk",), by="admin")  # type: ignore[arg-type]  # roles by their names
    return f"{town.url}/#link={token}"


def test_somebody_invited_makes_a_passkey_and_signs_in_with_it_by_keyboard(town: Served, browser: Browser) -> None:
    watched = watch(browser, _link(town, "wang", "dispatcher"), theme="light", tongue="zh")
    page = watched.page
    _authenticator(page)
    expect(page.get_by_role("heading", name="您已受邀加入")).to_be_visible()
    assert "link=" not in page.url, "the token stays in no address bar"
    assert obstacles(page) == []
    picture(page, "sign_in_invited_zh_light")
    page.locator("input[name=label]").focus()
    page.keyboard.type("值班手机")
    page.keyboard.press("Enter")
    page.locator(".board").wait_for()
    page.keyboard.press("v")
    page.get_by_role("tab", name="账户").click()
    expect(page.get_by_text("值班手机")).to_be_visible()
    expect(page.get_by_role("list", name="登录会话").get_by_text("本会话")).to_be_visible()
    assert obstacles(page) == []
    picture(page, "sign_in_account_zh_light")
    page.get_by_role("button", name="退出").click()
    page.locator("input[name=name]").wait_for()
    picture(page, "sign_in_zh_light")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.locator(".board").wait_for()
    assert not watched.complaints, watched.complaints
    assert all(address.startswith(town.url) for address in watched.outside)


def test_a_password_alone_leads_to_a_second_factor_which_then_is_asked_for(town: Served, browser: Browser) -> None:
    town.people.add("li", ("dispatcher",), "pass word li long")
    watched = watch(browser, town.url)
    page = watched.page
    _name(page, "li")
    page.get_by_role("radio", name="Second factor for your password").check()
    secret = page.locator("code").inner_text().replace(" ", "")
    expect(page.get_by_alt_text("QR code of the second factor")).to_be_visible()
    assert obstacles(page) == []
    picture(page, "sign_in_second_en_dark")
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).at(town.clock.now() // 1_000_000))
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(10)
    picture(page, "sign_in_recovery_en_dark")
    page.keyboard.press("Enter")
    page.locator(".board").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=name]").wait_for()
    picture(page, "sign_in_en_dark")
    _name(page, "li")
    expect(page.locator("input[name=code]")).to_be_focused()
    assert obstacles(page) == []
    picture(page, "sign_in_code_en_dark")
    page.keyboard.type(pyotp.TOTP(secret).at(town.clock.now() // 1_000_000 + 30))  # the next one: the first is used up, and half a minute may end meanwhile
    page.keyboard.press("Enter")
    page.locator(".board").wait_for()


def test_an_administrator_invites_and_makes_a_key_and_sees_what_roles_open(town: Served, browser: Browser) -> None:
    town.people.add("admin", ("admin",), "pass word admin", alone=True)
    watched = watch(browser, town.url, width=1480)
    page = watched.page
    _name(page, "admin")
    page.locator(".board").wait_for()
    page.keyboard.press("v")
    page.get_by_role("tab", name="People").click()
    page.locator("input[name=person]").fill("zhao")
    page.get_by_role("checkbox", name="planner").check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="/#link=")).to_be_visible()
    page.get_by_text("planner", exact=False).last.scroll_into_view_if_needed()
    assert obstacles(page) == []
    picture(page, "sign_in_people_en_dark")
    page.get_by_role("button", name="Own details of dispatcher").click()
    expect(page.locator("input[name=own-names]")).to_be_focused()
    page.keyboard.type("Aino")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("would be found in too much")
    watched.complaints.clear()  # the browser remarks on the refusal
    assert obstacles(page) == []
    picture(page, "sign_in_own_en_dark")
    page.locator("input[name=own-names]").fill("Aino Example; Aino Sample")
    page.locator("input[name=own-numbers]").fill("+358 50 555 0101")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="dispatcher").first).to_contain_text("own name + number kept")
    assert "Aino" not in page.content()
    page.get_by_role("button", name="Own details of dispatcher").click()
    assert obstacles(page) == []
    page.get_by_role("button", name="Take away").click()
    expect(page.get_by_role("listitem").filter(has_text="dispatcher").first).not_to_contain_text("kept")
    page.get_by_role("tab", name="Machine keys").click()
    page.locator("input[name=machine]").fill("tracker 9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="never again")).to_be_visible()
    assert obstacles(page) == []
    picture(page, "sign_in_keys_en_dark")
    watched.quiet()


def _name(page: Page, name: str) -> None:
    page.locator("input[name=name]").wait_for()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(f"pass word {name}" + (" long" if name == "li" else ""))
    page.keyboard.press("Enter")
