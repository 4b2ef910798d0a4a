"""What Prometheus is told: it asks for figures that there are, where they are."""

import re
from pathlib import Path

import compose
import pytest
import yaml

from orders.api.metrics import Metrics
from orders.api.sampling import Process

FOLDER = compose.ROOT / "deploy" / "prometheus"
PAGE = (compose.ROOT / "docs" / "how-to" / "watch-the-api.md").read_text()
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]


@pytest.fixture(scope="module")
def figures() -> set[str]:
    """Their names, as they are exposed."""
    metrics = Metrics()
    Process(metrics.registry)
    counters = {"counter": "_total"}
    return {family.name + counters.get(family.type, "") for family in metrics.registry.collect()}


def named(text: str) -> set[str]:
    return {name.removesuffix("_bucket") for name in re.findall(r"\b(?:orders|process)_[a-z_]+", text)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_about_figures_that_there_are(rule: dict[str, str], figures: set[str]) -> None:
    assert named(rule["expr"]) <= figures
    assert f"\n| `{rule['alert']}` | " in PAGE


def test_the_page_explains_all_figures_and_no_others(figures: set[str]) -> None:
    rows = re.findall(r"^\| (`(?:orders|process)_.*?) \|", PAGE, re.MULTILINE)
    assert named(" ".join(rows)) == figures


def test_it_is_scraped_where_the_image_shows_it() -> None:
    [job] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    [at] = job["dns_sd_configs"]
    image = Path(compose.ROOT / "services" / "orders" / "Dockerfile").read_text()
    assert f"METRICS_PORT={at['port']} " in image
    assert set(at["names"]) <= set(compose.services())
    assert {re.search(r'job="([^"]+)"', rule["expr"])[1] for rule in RULES if "job=" in rule["expr"]} == {
        job["job_name"]
    }
