"""The doors: reach, origin, token, session."""

from __future__ import annotations

import pytest

from snapgraph.errors import ForbiddenError, NotAuthorizedError
from snapgraph.web.guard import Guard, Visit

TOKEN = "a-token-of-some-length"  # noqa: S105  made up
HERE = {"host": "localhost:8000"}


def visit(method="GET", *, cookie="", remote="127.0.0.1", at=1000.0, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visit(method=method, headers=HERE | named, cookie=cookie, remote=remote, epoch_seconds=at)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:80", "[::1]:8000", "LOCALHOST"])
def test_without_a_token_this_machine_is_answered_under_its_loopback_names(host):
    Guard().check(visit(host=host))


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "[", "10.0.0.1"])
def test_without_a_token_no_other_name_is_answered_so_that_dns_rebinding_fails(host):
    with pytest.raises(ForbiddenError):
        Guard().check(visit(host=host))


def test_a_name_can_be_allowed():
    Guard(allowed_hosts=("graphs.test",)).check(visit(host="graphs.test:8000"))


@pytest.mark.parametrize("remote", ["10.0.0.7", "192.168.1.2", "2001:db8::1", "fe80::1"])
def test_without_a_token_no_other_machine_is_answered(remote):
    with pytest.raises(ForbiddenError, match="SNAPGRAPH_API_TOKEN"):
        Guard().check(visit(remote=remote))
    Guard(insecure=True).check(visit(remote=remote, host="anything"))


@pytest.mark.parametrize("remote", ["::1", "127.0.0.2", "::ffff:127.0.0.1", ""])
def test_every_form_of_loopback_is_this_machine(remote):
    Guard().check(visit(remote=remote))


FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://localhost",
    "http://localhost:8001",
    "http://localhost:8000.evil.example",
    "http://user@localhost:8000",
    "file://localhost:8000",
    "http://localhost:8000/path",
    "http://[",
]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_no_page_of_another_site_can_change_anything_whatever_it_carries(method, origin):
    for guard, headers in ((Guard(), {}), (Guard(token=TOKEN), {"authorization": f"Bearer {TOKEN}"})):
        with pytest.raises(ForbiddenError):
            guard.check(visit(method, origin=origin, **headers))


@pytest.mark.parametrize("headers", [{}, {"origin": "http://localhost:8000"}, {"sec-fetch-site": "same-origin"}])
def test_programs_and_the_own_page_can(headers):
    Guard().check(visit("POST", **headers))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_so_is_believed_even_without_an_origin(site):
    with pytest.raises(ForbiddenError):
        Guard().check(visit("POST", sec_fetch_site=site))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ÿ\udc80"]
)
def test_a_wrong_token_is_refused(header):
    with pytest.raises(NotAuthorizedError):
        Guard(token=TOKEN).check(visit(authorization=header))


def test_the_token_is_taken_from_every_machine_and_name():
    Guard(token=TOKEN).check(visit(authorization=f"bearer {TOKEN}", remote="10.0.0.7", host="graphs.test"))


def test_an_open_route_needs_neither_token_nor_loopback_but_an_own_origin():
    Guard(token=TOKEN).check(visit(remote="10.0.0.7", host="10.0.0.1"), is_open=True)
    with pytest.raises(ForbiddenError):
        Guard(token=TOKEN).check(visit("POST", origin="https://evil.example"), is_open=True)


def test_a_session_lives_until_its_end_and_no_longer():
    guard = Guard(token=TOKEN, session_seconds=60)
    cookie = guard.issue_session(1000.0)
    assert TOKEN not in cookie
    guard.check(visit(cookie=cookie, at=1059.0))
    with pytest.raises(NotAuthorizedError):
        guard.check(visit(cookie=cookie, at=1060.0))


def test_a_session_ends_with_the_token_it_was_given_for():
    cookie = Guard(token="another-token-of-length").issue_session(1000.0)  # noqa: S106  made up
    with pytest.raises(NotAuthorizedError):
        Guard(token=TOKEN).check(visit(cookie=cookie))


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: "9" + c, lambda c: c + "0", lambda _: "..", lambda _: "x"]
)
def test_a_session_cannot_be_forged(change):
    guard = Guard(token=TOKEN)
    with pytest.raises(NotAuthorizedError):
        guard.check(visit(cookie=change(guard.issue_session(1000.0))))


def test_a_session_that_was_logged_out_opens_nothing_and_another_does():
    first, second = (Guard(token=TOKEN).issue_session(1000.0) for _ in range(2))
    ended = Guard(token=TOKEN).session(first, 1000.0)
    guard = Guard(token=TOKEN, is_ended=lambda id_: id_ == ended.id)
    guard.check(visit(cookie=second))
    with pytest.raises(NotAuthorizedError):
        guard.check(visit(cookie=first))


def test_only_for_a_session_of_ours_it_is_asked_whether_it_was_logged_out():
    asked = []
    guard = Guard(token=TOKEN, session_seconds=60, is_ended=lambda id_: bool(asked.append(id_)))
    cookie = guard.issue_session(1000.0)
    for each in (visit(), visit(cookie=f"{cookie}0"), visit(cookie=cookie, at=1060.0)):
        with pytest.raises(NotAuthorizedError):
            guard.check(each)
    guard.check(visit(authorization=f"Bearer {TOKEN}", cookie=cookie))
    assert asked == []
    guard.check(visit(cookie=cookie))
    assert asked == [guard.session(cookie, 1000.0).id]


def test_a_session_changes_things_only_from_our_own_page():
    guard = Guard(token=TOKEN)
    cookie = guard.issue_session(1000.0)
    guard.check(visit("POST", cookie=cookie, origin="http://localhost:8000"))
    for headers in ({}, {"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}):
        with pytest.raises(ForbiddenError):
            guard.check(visit("POST", cookie=cookie, **headers))
    with pytest.raises(ForbiddenError):
        guard.check(visit("GET", cookie=cookie, origin="https://evil.example"))
