"""/docs: a page that has all it needs from the API itself."""

import re

from api import Api


def parts(api: Api) -> list[str]:
    """The addresses that the page loads."""
    return re.findall(r'(?:src|href)="(.*?)"', api.get("/docs").text)


def test_it_loads_all_it_needs_from_here(api: Api) -> None:
    found = {part: api.get(f"/{part}") for part in parts(api) if not part.endswith(".png")}
    assert [answer.status for answer in found.values()] == [200] * 4
    [script] = [answer.text for part, answer in found.items() if part.endswith("start.js")]
    assert '"openapi.json"' in script
    assert "://" not in script


def test_it_may_load_nothing_else(api: Api) -> None:
    page = api.get("/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page.text
    assert all(script.endswith("></script>") for script in re.findall(r"<script.*", page.text))


def test_its_parts_are_packed_and_kept_for_ever(api: Api) -> None:
    [script] = [part for part in parts(api) if "bundle" in part]
    packed = api.get(f"/{script}", **{"Accept-Encoding": "br, gzip"})
    plain = api.get(f"/{script}", **{"Accept-Encoding": "identity"})
    assert packed.text == plain.text
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.text) / 3
    for answer in (packed, plain):
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_itself_is_asked_for_again(api: Api) -> None:
    assert api.get("/docs").headers["Cache-Control"] == "no-cache"


def test_there_are_no_others(api: Api) -> None:
    digest = parts(api)[0].split("/")[1]
    for path in (f"/docs/{digest}/index.html", "/docs/0/start.js", f"/docs/{digest}/..%2f..%2fschema.py"):
        api.get(path).problem(404)
