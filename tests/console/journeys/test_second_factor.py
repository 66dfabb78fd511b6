"""A second factor in a real browser: it must be added, a passkey of a virtual device, and signs in by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
from playwright.sync_api import Browser

from bartizan.cli.up_work import clock
from tests.console.journeys.served import PASSWORD, email
from tests.console.journeys.stage import AXE, IN_A_BROWSER, Walk, free_address, journey, running

pytestmark = IN_A_BROWSER


def _device(walk: Walk) -> None:
    """Give the browser a device with passkeys, which knows its owner by a finger that is always there."""
    session = walk.page.context.new_cdp_session(walk.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _is_for_everybody(walk: Walk) -> None:
    if AXE.is_file():
        walk.page.evaluate(AXE.read_text(encoding="utf-8"))
        told = "found.violations.map(one => `${one.id} ${one.nodes.map(node => node.html).slice(0, 2)}`)"
        found = walk.page.evaluate(f"axe.run().then(found => {told})")
        assert found == [], walk.page.url


def _password(walk: Walk) -> None:
    walk.go("/signin")
    walk.fill(email=email("ana-krasniqi"), password=PASSWORD)
    walk.press("Sign in")


def test_somebody_adds_a_passkey_and_an_application_and_signs_in_by_either(browser: Browser, tmp_path: Path) -> None:
    listen = free_address()
    port = listen.partition(":")[2]
    command = ["-m", "tests.console.journeys.served_alone", str(tmp_path), port]
    with (
        running(command, tmp_path / "log.txt", listen),
        journey(browser, f"http://localhost:{port}", "passkey") as walk,
    ):
        _device(walk)
        _password(walk)
        walk.reads("Everybody needs a second factor here.")
        _is_for_everybody(walk)
        walk.press("Add a passkey")
        walk.reads("These are your recovery codes.")
        _is_for_everybody(walk)
        walk.shot("-codes")
        walk.page.get_by_role("link", name="I have kept them").click()
        walk.page.wait_for_url(f"{walk.address}/")
        walk.go("/profile/factors")
        walk.press("Add an application")
        walk.reads("Give your application this secret")
        assert walk.page.locator("img.qr").evaluate("one => one.complete && one.naturalWidth > 100")
        _is_for_everybody(walk)
        walk.shot("-qr")
        secret = re.sub(r"\s", "", walk.page.locator("code.secret").inner_text())
        walk.fill(code=pyotp.TOTP(secret).at(clock()))
        walk.press("Add it")
        walk.reads("The second factor was added.")
        walk.page.context.clear_cookies()
        walk.go("/signin?next=/profile")
        walk.press("Sign in with a passkey")
        walk.page.wait_for_url(f"{walk.address}/profile")
        walk.page.context.clear_cookies()
        _password(walk)
        walk.reads("Now your second factor")
        _is_for_everybody(walk)
        walk.shot("-second")
        walk.fill(code=pyotp.TOTP(secret).at(clock(), counter_offset=1))
        walk.press("Sign in")
        walk.page.wait_for_url(f"{walk.address}/")
