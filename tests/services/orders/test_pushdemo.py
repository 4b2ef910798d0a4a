"""/push-demo: a page to try pushes with, where it is permitted."""

import re
from collections.abc import Iterator

import pytest
from api import Api, served


@pytest.fixture(scope="module")
def demo(url: str) -> Iterator[Api]:
    with served(url, push_demo=True) as api:
        yield api


def test_it_is_nowhere_by_default(api: Api) -> None:
    for path in ("/push-demo", "/push-demo/worker.js"):
        api.get(path).problem(404)


def test_it_has_all_it_needs_from_here(demo: Api) -> None:
    page = demo.get("/push-demo")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script>| on\w+=| style=|://(?!www\.w3\.org)", page.text)
    parts = set(re.findall(r'(?:src|href)="(.*?)"', page.text))
    assert [demo.get(f"/{part}").status for part in sorted(parts)] == [200] * 3
    assert "://" not in demo.get("/push-demo/page.js").text


def test_its_worker_may_control_the_page(demo: Api) -> None:
    worker = demo.get("/push-demo/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "../push-demo"
    assert worker.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_there_are_no_others(demo: Api) -> None:
    for path in ("/push-demo/index.html", "/push-demo/..%2f__init__.py", "/push-demo/pushdemo.py"):
        demo.get(path).problem(404)
