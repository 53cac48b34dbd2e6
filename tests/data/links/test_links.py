"""Whether links are still there, against a small web of our own."""

from base64 import b64encode
from datetime import date

import pytest

from content import catalog
from data.links import asking, checking
from data.links.asking import Reach, Refused, Unreachable, ask, is_public
from data.links.checking import GONE, MOVED, NOT_CHECKED, THERE, UNSURE, Link, Pace, Seen
from tests.data.links.web import HOST, Web, proxy, web

AT_ONCE = Pace(0, 0)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture
def shop(running) -> Web:
    running.answers.clear()
    running.asked.clear()
    running.answers["", "/there"] = (200, {})
    return running


def seen(shop: Web, *paths: str, reach: Reach | None = None) -> list[Seen]:
    """What is at these paths, of a web in which something is there."""
    urls = [path if path.startswith("https://") else shop.url(path) for path in paths]
    found = checking.look([*urls, shop.url("/there")], reach or shop.reach(), AT_ONCE)
    return [found[url] for url in urls]


def test_what_is_there_is_asked_once_and_only_for_its_head(shop):
    assert seen(shop, "/there") == [Seen(THERE, "it is there")]
    assert shop.asked == [("HEAD", "/there")]


def test_a_server_that_answers_head_wrongly_is_asked_again_for_the_page(shop):
    shop.answers |= {("HEAD", "/page"): (405, {}), ("GET", "/page"): (200, {})}
    shop.answers |= {("HEAD", "/other"): (404, {}), ("GET", "/other"): (200, {})}
    assert [each.state for each in seen(shop, "/page", "/other")] == [THERE, THERE]
    assert ("GET", "/page") in shop.asked and ("GET", "/there") not in shop.asked


def test_what_is_not_there_twice_is_gone(shop):
    shop.answers["", "/old"] = (410, {})
    assert [each.state for each in seen(shop, "/none", "/old")] == [GONE, GONE]
    assert seen(shop, "/none")[0].because == "the server says that it is not there (404)"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_server_that_does_not_want_to_answer_proves_nothing(shop, status):
    shop.answers["", "/shy"] = (status, {})
    [found] = seen(shop, "/shy")
    assert found.state == UNSURE and f"the server answers {status}" in found.because


def test_a_server_that_asks_for_much_time_gets_it(shop):
    shop.answers["", "/busy"] = (429, {"Retry-After": "3600"})
    [found] = seen(shop, "/busy")
    assert found == Seen(UNSURE, "the server asks to wait 3600 seconds; ask again later")
    assert shop.asked.count(("HEAD", "/busy")) == 1 and ("GET", "/busy") not in shop.asked


def test_what_moved_for_good_says_where_to_and_what_moved_for_now_is_there(shop):
    shop.answers["", "/before"] = (301, {"Location": "/after"})
    shop.answers["", "/after"] = (308, {"Location": shop.url("/there")})
    shop.answers["", "/today"] = (302, {"Location": "/there"})
    for_good, for_now = seen(shop, "/before", "/today")
    assert (for_good.state, for_good.to) == (MOVED, shop.url("/there")) and for_now.state == THERE


@pytest.mark.parametrize(
    ("target", "because"),
    [
        ("http://docs.example/there", "it leads to http://, and only https:// is asked"),
        ("file:///etc/passwd", "it leads to file://"),
        ("/round", "it leads round in a circle"),
        ("https://user:word@docs.example/", "its address holds a password"),
        ("https://docs.example:x/", "its address cannot be read"),
    ],
)
def test_a_redirect_may_not_lead_anywhere(shop, target, because):
    shop.answers["", "/round"] = (302, {"Location": target})
    [found] = seen(shop, "/round")
    assert found.state == NOT_CHECKED and because in found.because


def test_redirects_have_an_end(shop):
    for number in range(9):
        shop.answers["", f"/{number}"] = (302, {"Location": f"/{number + 1}"})
    [found] = seen(shop, "/0")
    assert (found.state, found.because) == (NOT_CHECKED, "it leads on more than 6 times")


def test_a_redirect_into_this_network_is_not_followed(shop):
    shop.answers["", "/in"] = (302, {"Location": f"https://inside.example:{shop.port}/secret"})
    inside = {HOST: ["127.0.0.1"], "inside.example": ["10.0.0.7"]}
    reach = shop.reach(names=lambda host, port: inside[host], permits=lambda address: address == "127.0.0.1")
    [found] = seen(shop, "/in", reach=reach)
    assert found == Seen(NOT_CHECKED, "it leads to this machine or a network behind it")
    assert not [path for _, path in shop.asked if path == "/secret"]


def test_a_name_with_one_private_address_among_public_ones_is_not_asked(shop):
    reach = shop.reach(names=lambda host, port: ["127.0.0.1", "192.168.0.1"], permits=lambda one: one == "127.0.0.1")
    with pytest.raises(Refused, match="a network behind it"):
        ask(reach, "HEAD", shop.url("/there"), 5)
    assert shop.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254", "0.0.0.0"])  # noqa: S104
def test_this_machine_is_not_asked_as_links_are(shop, host):
    with pytest.raises(Refused, match="this machine"):
        ask(Reach(proxies=dict), "HEAD", f"https://{host}:{shop.port}/there", 5)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "intranet",
        "[::1]",
        "169.254.169.254",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "2130706433",
        "localhost.",
        "x.localhost",
        "metadata.google.internal",
    ],
)
def test_nor_is_a_proxy_asked_for_it(host):
    with pytest.raises(Refused, match="this machine"):
        ask(Reach(proxies=lambda: {"https": "http://127.0.0.1:1"}), "HEAD", f"https://{host}/", 5)


def test_a_proxy_is_asked_to_connect_with_its_password_and_the_page_is_asked_through_it(shop):
    with proxy(shop.port) as through:
        address = f"http://user:p%40ss@127.0.0.1:{through.server_address[1]}"
        answer = ask(shop.reach(proxies=lambda: {"https": address}), "HEAD", shop.url("/there"), 5)
    assert answer.status == 200 and shop.asked == [("HEAD", "/there")]
    [lines] = through.asked
    assert lines[0].startswith(f"CONNECT {HOST}:{shop.port} ")
    assert f"Proxy-Authorization: Basic {b64encode(b'user:p@ss').decode()}" in lines


def test_an_answer_that_comes_drop_by_drop_is_cut_off(shop):
    with pytest.raises(Unreachable):
        ask(shop.reach(), "GET", shop.url("/drop-by-drop"), 0.3)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.0.0.1", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),  # noqa: S104
        ("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False),
        ("255.255.255.255", False), ("fec0::1", False), ("::127.0.0.1", False), ("64:ff9b:1::7f00:1", False),
        ("no address", False),
    ],
)  # fmt: skip
def test_which_addresses_are_of_the_public_web(address, public):
    assert is_public(address) is public


def test_a_name_that_is_not_known_is_gone_and_one_that_is_not_answered_now_is_not(shop):
    none, later = seen(shop, shop.url("/", "none.example"), shop.url("/", "later.example"))
    assert (none.state, later.state) == (GONE, NOT_CHECKED)


def test_a_certificate_that_does_not_hold_is_said(shop):
    reach = shop.reach(names=lambda host, port: ["127.0.0.1"])
    [found] = seen(shop, shop.url("/there", "other.example"), reach=reach)
    assert found.state == NOT_CHECKED and "its certificate does not hold" in found.because


def test_without_a_way_to_the_web_nothing_is_gone():
    def down(host, port):
        raise asking.socket.gaierror(asking.socket.EAI_NONAME, "no such name")

    found = checking.look(["https://a.example/", "https://b.example/"], Reach(names=down, proxies=dict), AT_ONCE)
    assert set(found.values()) == {Seen(NOT_CHECKED, checking.NO_WAY)}


def test_a_page_is_read_to_its_limit_only(shop):
    shop.answers["HEAD", "/long"] = (405, {})
    shop.answers["GET", "/long"] = (200, {})
    assert seen(shop, "/long")[0].state == THERE and asking.READ < 200_000


def test_who_watches_is_told_how_far_it_is(shop):
    told = []
    checking.look([shop.url("/there"), shop.url("/none")], shop.reach(), AT_ONCE, lambda *some: told.append(some[:2]))
    assert told == [(1, 2), (2, 2), (3, 3)]


def test_the_report_says_what_to_mend_and_what_to_write_down():
    links = [Link(f"resources.yml: {name}", f"https://{name}.example/", name) for name in "abc"]
    links.append(Link("tracks/x/modules/y.md", "https://d.example/"))
    found = {
        "https://a.example/": Seen(THERE, "it is there"),
        "https://b.example/": Seen(MOVED, "it has moved for good to https://e.example/", "https://e.example/"),
        "https://c.example/": Seen(NOT_CHECKED, checking.NO_WAY),
        "https://d.example/": Seen(GONE, "the server says that it is not there (404)"),
    }
    made = checking.report(links, found, date(2026, 11, 29))
    assert made.problems == ("tracks/x/modules/y.md: https://d.example/: the server says that it is not there (404)",)
    assert made.told == (
        "resources.yml: b: https://b.example/: it has moved for good to https://e.example/",
        f"not checked: resources.yml: c: https://c.example/: {checking.NO_WAY}",
    )
    assert made.verified == {"a": "2026-11-29", "b": "2026-11-29"}
    assert [row["state"] for row in made.rows] == [THERE, MOVED, NOT_CHECKED, GONE]


def test_the_day_is_written_where_it_belongs_and_nothing_else_changes():
    text = (catalog.HERE / "resources.yml").read_text(encoding="utf-8")
    some = list(catalog.resources())[1:3]
    written = checking.with_days(text, dict.fromkeys(some, "2026-11-29"))
    changed = [(one, other) for one, other in zip(text.split("\n"), written.split("\n"), strict=True) if one != other]
    assert changed == [("    verified: never", '    verified: "2026-11-29"')] * 2
    assert checking.with_days(written, dict.fromkeys(some, "2026-12-01")).count("2026-12-01") == 2


def test_links_of_resources_and_of_texts_are_found():
    found = checking.links(catalog.HERE)
    assert len([one for one in found if one.resource]) == len(catalog.resources())
    assert all(one.url.startswith("https://") for one in found)
