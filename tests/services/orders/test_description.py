"""What the API says of itself is what it does."""

import re
from pathlib import Path
from typing import Any

import pytest
from api import Answer, Api, served
from documents import order
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from orders.api import reference

LIMITS = {"RateLimit", "RateLimit-Policy"}
NOBODYS = "01a1fc71-e321-7623-bb04-a8b00a0bc42c"


@pytest.fixture(scope="session")
def document(api: Api) -> Any:
    return api.get("/openapi.json", Authorization=None).json


def test_every_route_is_described(api: Api, document: Any) -> None:
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in api.application.router.routes()
        if route.resource and route.resource.canonical.startswith("/v1") and route.method != "HEAD"
    }
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    assert routes == described


def references(found: Any) -> set[str]:
    if isinstance(found, list):
        return set().union(*map(references, found))
    if not isinstance(found, dict):
        return set()
    own = {found["$ref"]} if isinstance(found.get("$ref"), str) else set()
    return own.union(*map(references, found.values()))


def test_every_reference_leads_somewhere(document: Any) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) == known


def test_it_is_openapi_3_1(document: Any) -> None:
    validate(document, cls=OpenAPIV31SpecValidator)


def test_methods_of_a_client_are_named_well(document: Any) -> None:
    names = {operation["operationId"] for operation in operations(document)}
    assert {"place_order", "list_orders", "get_order", "pay_order", "add_note"} <= names
    assert len(names) == len(operations(document))


def test_everything_is_told(document: Any) -> None:
    told = {tag["name"] for tag in document["tags"] if tag["description"]}
    for operation in operations(document):
        assert operation["summary"]
        assert set(operation["tags"]) <= told
        assert all(parameter["description"] for parameter in operation["parameters"])
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for field, described in schema.get("properties", {}).items():
            assert described.keys() & {"description", "$ref"}, f"{name}.{field}"


def test_every_document_has_an_example_that_fits(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        if schema["type"] == "object":
            for example in schema["examples"]:
                assert_fits(document, {"$ref": f"#/components/schemas/{name}"}, example)


def test_examples_of_answers_fit(document: Any) -> None:
    shown = 0
    for operation in operations(document):
        for content in operation["responses"].values():
            for media in content.get("content", {}).values():
                if "example" in media:
                    assert_fits(document, media["schema"], media["example"])
                    shown += 1
    assert shown


def test_examples_show_orders_as_they_are(api: Api, document: Any, tx: Any) -> None:
    """What is placed as in the example looks like the order in the example."""
    schemas = document["components"]["schemas"]
    [new], [shown] = schemas["NewOrder"]["examples"], schemas["Order"]["examples"]
    placed = api.place(new).json
    own = {name: shown[name] for name in ("id", "placed_at", "expires_at")}
    assert list(placed.items()) == list((placed | shown | {name: placed[name] for name in own}).items())


def assert_described(document: Any, method: str, path: str, answer: Answer) -> None:
    """The answer is one of those that the operation has, and of the shape that it says."""
    described = document["paths"][path][method]["responses"][str(answer.status)]
    missing = {name for name in described.get("headers", ()) if name not in answer.headers}
    assert missing <= {"Idempotent-Replayed", *LIMITS} | ({"Retry-After"} if answer.status == 409 else set())
    [(type, content)] = described["content"].items()
    assert answer.headers["Content-Type"].startswith(type)
    assert_fits(document, content["schema"], answer.json)


def assert_fits(document: Any, schema: Any, value: Any) -> None:
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def operations(document: Any) -> list[Any]:
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_answers_are_as_described(api: Api, document: Any, tx: Any) -> None:
    placed = api.place(order(metadata={"shop": "7"}))
    path = placed.headers["Location"]
    assert_described(document, "post", "/v1/orders", placed)
    assert_described(document, "get", "/v1/orders", api.get("/v1/orders"))
    assert_described(document, "get", "/v1/orders/{id}", api.get(path))
    assert_described(document, "get", "/v1/orders/{id}/timeline", api.get(f"{path}/timeline"))
    for end, body in {"pay": None, "ship": {}, "deliver": {}, "refunds": {}, "notes": {"text": "x"}}.items():
        assert_described(document, "post", f"/v1/orders/{{id}}/{end}", api.post(f"{path}/{end}", body))


def test_problems_are_as_described(api: Api, document: Any, tx: Any) -> None:
    path = api.place(order()).headers["Location"]
    pay, place = "/v1/orders/{id}/pay", "/v1/orders"
    for method, described, answer in [
        ("post", place, api.place({})),
        ("post", place, api.request("POST", place, data=b"{")),
        ("post", place, api.place(order(), Authorization=None)),
        ("post", place, api.place(order(), **{"Content-Type": "text/plain"})),
        ("post", place, api.place(order(), **{"Idempotency-Key": ""})),
        ("get", place, api.get("/v1/orders?limit=0")),
        ("get", "/v1/orders/{id}", api.get(f"/v1/orders/{NOBODYS}")),
        ("post", pay, api.post(f"{path}/pay", **{"If-Match": '"9"'})),
        ("post", "/v1/orders/{id}/ship", api.post(f"{path}/ship")),
    ]:
        assert answer.status >= 400
        assert_described(document, method, described, answer)


def test_limits_are_as_described(url: str, document: Any, tx: Any, limits_url: str) -> None:
    with served(url, limits_url=limits_url, rate_limit="1/100") as limited:
        for status in (201, 429):
            answer = limited.place(order())
            assert answer.status == status
            assert_described(document, "post", "/v1/orders", answer)
            assert {*answer.headers} >= LIMITS


def test_examples_of_problems_are_problems(document: Any) -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    validator = Draft202012Validator(schema)
    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                for example in (
                    response.get("content", {})
                    .get("application/problem+json", {})
                    .get("examples", {})
                    .values()
                ):
                    validator.validate(example["value"])
                    assert str(example["value"]["status"]) == status


def test_the_page_is_up_to_date(document: Any) -> None:
    """If not: `make reference`."""
    page = Path(__file__).parents[3] / "docs/reference/orders-api.md"
    assert page.read_text().rstrip() == reference.page(document).rstrip()


def test_the_pages_links_lead_somewhere(document: Any) -> None:
    text = reference.page(document)
    headings = {title.lower() for title in re.findall(r"^### (.*)$", text, re.MULTILINE)}
    links = set(re.findall(r"\(#(.*?)\)", text))
    assert links
    assert links <= headings
