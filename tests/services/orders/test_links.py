"""Links in mails: what opens, what does not, how often; and what of it is in the log."""

from datetime import timedelta
from typing import Any

import pytest
from api import Api, served
from cryptography.fernet import Fernet
from links import LINK_KEY, follow, link
from programs import eventually

from contracts.emails import SetPreference
from contracts.links import Unsubscribe
from mesh.errors import RefusedAtStart
from mesh.testing import sent
from orders.words import LANGUAGES

ADA = Unsubscribe(account="shop", email="ada@example.com", kind="newsletter")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
AGO = timedelta(seconds=-1)


def test_a_link_opens_as_its_finder_wrote_it(open_api: Api, tx: Any) -> None:
    """Programs that find links in a text leave out its end, or write it otherwise."""
    path = link("unsubscribe", ADA)
    assert path.endswith("=")
    for written in (path.rstrip("="), path.replace("=", "%3D")):
        assert follow(open_api, "GET", written).status == 200


BAD = {
    "nonsense": "/v1/unsubscribe/x",
    "no token's letters": "/v1/unsubscribe/%00%ff%F0%9F%AB%96",
    "of another key": link("unsubscribe", ADA, key=Fernet.generate_key().decode()),
    "outlived": link("unsubscribe", ADA, AGO),
    "for a file": link("files", ADA).replace("/files/", "/unsubscribe/"),
    "of another kind than there can be": link("unsubscribe", ADA.model_copy(update={"kind": "A kind"})),
    "cut off": link("unsubscribe", ADA)[:-20],
}


@pytest.mark.parametrize("path", BAD.values(), ids=BAD)
def test_what_opens_nothing_is_told_no_reason(open_api: Api, tx: Any, path: str) -> None:
    answers = [follow(open_api, "GET", path), follow(open_api, "POST", path, ONE_CLICK)]
    for answer in answers:
        assert answer.problem(404)["type"] == "/problems/no-link"
    assert answers[0].json == follow(open_api, "GET", "/v1/unsubscribe/y").json
    page = follow(open_api, "GET", path, Accept=BROWSER)
    assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "<form" not in page.text
    assert sent(tx, SetPreference) == []


def test_without_keys_no_link_opens(api: Api, tx: Any) -> None:
    assert follow(api, "GET", link("unsubscribe", ADA)).problem(404)["type"] == "/problems/no-link"


def test_a_key_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(RefusedAtStart, match="link-key"), served(url, link_keys=["none"]):
        pass


def test_an_older_key_still_opens(url: str, tx: Any) -> None:
    with served(url, link_keys=[Fernet.generate_key().decode(), LINK_KEY]) as api:
        assert follow(api, "GET", link("unsubscribe", ADA)).status == 200


@pytest.mark.parametrize(
    ("method", "behind"), [("GET", ""), ("POST", ""), ("PUT", ""), ("GET", "/"), ("GET", "/more")]
)
def test_no_token_is_in_the_log(
    open_api: Api, tx: Any, caplog: pytest.LogCaptureFixture, method: str, behind: str
) -> None:
    path = link("unsubscribe", ADA)
    for each in (path, f"/elsewhere/{path.rpartition('/')[2]}"):
        follow(open_api, method, each + behind, **({"data": "wanted=no"} if method == "POST" else {}))

    def told() -> list[str]:
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return [line["path"] for line in lines if line["event"] == "request.handled"]

    eventually(lambda: len(told()) == 2, "both are told, once they are answered")
    assert told() == ["/v1/unsubscribe/{token}", f"/elsewhere/{{token}}{behind}"]
    assert "gAAAA" not in caplog.text
    assert "ada@" not in caplog.text


def test_a_link_is_counted_by_itself(url: str, limits_url: str, tx: Any) -> None:
    """Whoever it comes from: a mail provider unsubscribes many people from one address."""
    with served(url, link_keys=[LINK_KEY], limits_url=limits_url, address_limit="3/3000") as api:
        path = link("unsubscribe", ADA)
        for end in ("", "=", "==", ""):  # it is one link, however it is written
            answer = follow(api, "GET", path.rstrip("=") + end)
        assert answer.problem(429)["violated-policies"] == ["link"]
        assert answer.headers["Retry-After"]
        page = follow(api, "GET", path, Accept=BROWSER, **{"Accept-Language": "ru"})
        assert (page.status, LANGUAGES["ru"].failures[429].title in page.text) == (429, True)
        assert follow(api, "GET", link("unsubscribe", ADA)).status == 200


def test_tries_are_counted_by_address(url: str, limits_url: str, tx: Any) -> None:
    with served(url, link_keys=[LINK_KEY], limits_url=limits_url, address_limit="3/3000") as api:
        tries = [follow(api, "GET", f"/v1/{use}/{use}") for use in ("unsubscribe", "files", "files", "files")]
        assert [answer.status for answer in tries] == [404, 404, 404, 429]
        assert tries[-1].problem(429)["violated-policies"] == ["address"]
        api.get("/v1/orders", Authorization=None).problem(429)
        assert follow(api, "GET", link("unsubscribe", ADA)).status == 200
