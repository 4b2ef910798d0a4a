"""A short form of `make fuzz-api`: the same checks on the same operations, always the same cases."""

from pathlib import Path

import pytest
from programs import Start

from embedded.ports import HOST, free_port
from fuzzing.asking import Site
from fuzzing.reporting import settings


@pytest.mark.parametrize("half", ["include", "exclude"])
def test_each_answer_is_as_described(start: Start, own_url: str, tmp_path: Path, half: str) -> None:
    """Of what is done with orders, and of all else. If not, what is printed shows how to ask for it again."""
    port = free_port()
    start(HTTP_PORT=str(port), WEBHOOK_NETWORKS=f"{HOST}/32", **settings(tmp_path)).ready()
    site = Site(f"http://{HOST}:{port}", tmp_path)
    site.open(own_url)
    assert site.ask("--seed", "1", "--max-examples", "5", f"--{half}-tag", "orders")
    assert {status // 100 for _, status in site.answers()} == {2, 4}
