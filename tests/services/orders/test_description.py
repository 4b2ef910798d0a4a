"""What the API says of itself is what it does."""

from typing import Any

import pytest
from api import Answer, Api, served
from documents import order
from jsonschema import Draft202012Validator

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


def assert_described(document: Any, method: str, path: str, answer: Answer) -> None:
    """The answer is one of those that the operation has, and of the shape that it says."""
    described = document["paths"][path][method]["responses"][str(answer.status)]
    missing = {name for name in described.get("headers", ()) if name not in answer.headers}
    assert missing <= {"Idempotent-Replayed", *LIMITS} | ({"Retry-After"} if answer.status == 409 else set())
    [(type, content)] = described["content"].items()
    assert answer.headers["Content-Type"].startswith(type)
    schema = {**content["schema"], "components": document["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json)


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
