"""What a schema says of a value is what is taken: no less, and no more."""

import re
from typing import Any

import pytest
from api import Api
from documents import changed, order
from jsonschema import Draft202012Validator
from streams import following

from orders.api import openapi
from orders.api.imports import CSV, NDJSON
from orders.documents import NewOrder
from orders.table import Table

DESCRIBED: Any = openapi()
TEXTS = {
    "Ada": True,
    " Ada\t": True,
    "\n Ada Lovelace \u3000\u2028": True,
    "x" * 200: True,
    "": False,
    "  ": False,
    "\u2003\u00a0": False,
    "\x1f": False,
    "x" * 201: False,
    "x" + " " * 200: False,
    "Ada\nLovelace": False,
    "Ada\u2028Lovelace": False,
    "\x00Ada": False,
    "Ada\x7f": False,
}
GOOD_NUMBERS = [2, 2.0, 1e3]
NO_NUMBERS = [2.5, 0.0, 1e15, True, "2"]
URLS = {
    "https://shop.example/hook?a=%20#b": True,
    "HTTPS://shop.example:8443": True,
    "https://[2606:4700:4700::1111]/": True,
    "https://^K<e": False,
    "https://shop.example/<b>": False,
    "https://shop.example/#a#b": False,
    "https://shop.example/[": False,
    "ftp://shop.example/": False,
}


def fits(schema: str, document: Any) -> bool:
    whole = {"$ref": f"#/components/schemas/{schema}", "components": DESCRIBED["components"]}
    return bool(Draft202012Validator(whole).is_valid(document))


@pytest.mark.parametrize(("text", "good"), TEXTS.items(), ids=lambda value: ascii(value)[:30])
def test_texts(api: Api, tx: Any, text: str, good: bool) -> None:
    document = changed(order(), "/customer/name", text)
    answer = api.place(document)
    assert (fits("NewOrder", document), answer.status == 201) == (good, good)
    if good:
        assert answer.json["customer"]["name"] == text.strip()


@pytest.mark.parametrize("number", GOOD_NUMBERS + NO_NUMBERS, ids=repr)
def test_numbers(api: Api, tx: Any, number: Any) -> None:
    """JSON has one kind of them: what is whole may be written with a point."""
    document, good = changed(order(), "/lines/0/quantity", number), repr(number) in map(repr, GOOD_NUMBERS)
    assert (fits("NewOrder", document), api.place(document).status == 201) == (good, good)


def test_a_number_that_may_have_lost_something_is_refused(api: Api, tx: Any) -> None:
    """As it is read, 9007199254740993.0 is another one."""
    path = api.place(order()).headers["Location"]
    api.request("POST", f"{path}/refunds", data=b'{"amount": 9007199254740993.0}').problem(422)


@pytest.mark.parametrize(("target", "good"), URLS.items(), ids=str)
def test_urls(api: Api, tx: Any, target: str, good: bool) -> None:
    document = {"url": target}
    assert (fits("Wanted", document), api.post("/v1/webhooks", document).status == 201) == (good, good)


@pytest.mark.parametrize("email", ["ada@münchen.de", "ada@xn--mnchen-3ya.de", "ädä@example.com"])
def test_addresses_of_any_script(api: Api, tx: Any, email: str) -> None:
    """They are asked for and told in letters: `email` means those of ASCII alone."""
    told = api.place(changed(order(), "/customer/email", email)).json["customer"]
    assert told["email"] == email.replace("xn--mnchen-3ya", "münchen")
    assert DESCRIBED["components"]["schemas"]["Customer"]["properties"]["email"]["format"] == "idn-email"


@pytest.mark.parametrize("name", ["a b", "", "x" * 41, "é"])
def test_names_of_metadata(api: Api, tx: Any, name: str) -> None:
    document = order(metadata={name: "1"})
    assert not fits("NewOrder", document)
    [error] = api.place(document).problem(422)["errors"]
    assert error["pointer"] == f"/metadata/{name}"


def test_pointers_are_pointers_however_long_a_name_is(api: Api, tx: Any) -> None:
    """RFC 6901: cut off between the two characters that stand for a tilde, it would be none."""
    for length in (498, 499, 500):
        [error] = api.place(order(**{"x" * length + "~~": 1})).problem(422)["errors"]
        assert re.fullmatch(r"(/([^/~]|~[01])*)*", error["pointer"])


def test_a_change_sets_nothing_by_default() -> None:
    changes = DESCRIBED["components"]["schemas"]["Changes"]["properties"]
    assert [name for name, field in changes.items() if "default" in field] == []


def test_events_come_as_described(api: Api, tx: Any) -> None:
    described = DESCRIBED["paths"]["/v1/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    with following(api, "/v1/events") as stream:
        api.place(order())
        event = stream.block()
    Draft202012Validator(described["schema"]).validate(event)
    [name] = re.findall(r"\w+$", described["schema"]["properties"]["data"]["contentSchema"]["$ref"])
    assert name == "Event"


def test_imports_are_shown_by_example() -> None:
    content = DESCRIBED["paths"]["/v1/imports"]["post"]["requestBody"]["content"]
    table, lines = Table(), content[NDJSON]["example"].splitlines()
    rows = [row for line in content[CSV]["example"].splitlines(keepends=True) for row in table.take(line)]
    orders = [
        NewOrder.order_of(text, "tests") for text in (*lines, *(text for _, text in (*rows, *table.end())))
    ]
    assert [each.currency for each in orders] == ["EUR", "USD", "EUR", "USD"]
