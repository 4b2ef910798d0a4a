"""Errors: a class for each kind of problem, by its type."""

from collections.abc import Iterator

from schemas import Schema, docstring

_HEAD = """from meshwork_client.problem import ApiError

"""


def module(document: Schema) -> str:
    kinds = dict(sorted(_kinds(document)))
    classes = [f"class {_name(kind)}(ApiError):\n{docstring(title, 4)}\n" for kind, title in kinds.items()]
    table = "".join(f'    "{kind}": {_name(kind)},\n' for kind in kinds)
    return f"{_HEAD}{''.join(classes)}\nBY_TYPE: dict[str, type[ApiError]] = {{\n{table}}}\n"


def _kinds(document: Schema) -> Iterator[tuple[str, str]]:
    """Type and title."""
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                problem = response.get("content", {}).get("application/problem+json", {})
                for example in problem.get("examples", {}).values():
                    yield example["value"]["type"], example["value"]["title"]


def _name(kind: str) -> str:
    """`/problems/not-found`: NotFound."""
    return "".join(word.capitalize() for word in kind.rpartition("/")[2].split("-"))
