"""What can be known of the images without building them."""

import re
import tomllib

import compose
import pytest

ROOT = compose.ROOT
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def text(service: str) -> str:
    return (ROOT / "services" / service / "Dockerfile").read_text()


def dockerfile(service: str) -> str:
    """One instruction, one line."""
    return text(service).replace("\\\n", " ")


def final_stage(service: str) -> str:
    return dockerfile(service).rpartition("\nFROM ")[2]


@pytest.mark.parametrize("service", compose.OURS)
def test_an_image_takes_the_shared_parts_and_its_own_service(service: str) -> None:
    sources = re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile(service), re.MULTILINE)
    assert sources
    for source in " ".join(sources).split():
        assert source.startswith(("shared/", f"services/{service}/")) or source == f"services/{service}", (
            source
        )
        assert (ROOT / source).exists()


@pytest.mark.parametrize("service", compose.OURS)
def test_an_image_runs_without_root_or_a_shell_before_it(service: str) -> None:
    stage = final_stage(service)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", stage, re.MULTILINE), "a number that is not 0"
    assert f'\nENTRYPOINT ["{service}"]\n' in stage
    assert "\nSTOPSIGNAL SIGTERM\n" in stage
    assert "\nHEALTHCHECK " in stage


@pytest.mark.parametrize("service", compose.OURS)
def test_an_image_holds_neither_tools_nor_secrets(service: str) -> None:
    assert not re.findall(r"\b(?:pip|apt|apt-get|gcc)\b", final_stage(service)), (
        "these belong in the stages before"
    )
    assert not re.findall(r"(?mi)^(?:ARG|ENV) .*(?:password|token|secret|_url)", dockerfile(service))


@pytest.mark.parametrize("service", compose.OURS)
def test_the_images_differ_in_their_service_alone(service: str) -> None:
    """A fourth service copies one of them; whoever changes one changes all."""
    own = re.compile("image.title|image.description|HTTP_HOST|EXPOSE")
    texts = [
        [line for line in text(name).replace(name, "<service>").splitlines() if not own.search(line)]
        for name in (service, compose.OURS[0])
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "lock", [*(f"services/{s}/requirements.lock" for s in compose.OURS), "shared/build.lock"]
)
def test_an_image_has_the_versions_that_the_tests_ran_with(lock: str) -> None:
    tested = dict(PINNED.findall((ROOT / "requirements.lock").read_text()))
    pins = (ROOT / lock).read_text()
    assert dict(PINNED.findall(pins)).items() <= tested.items(), "run `make lock`"
    assert "://" not in pins


@pytest.mark.parametrize("service", compose.OURS)
def test_a_lock_has_what_its_service_asks_for(service: str) -> None:
    pinned = dict(PINNED.findall((ROOT / "services" / service / "requirements.lock").read_text()))
    for folder in ("shared/contracts", "shared/mesh", f"services/{service}"):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        asked = {re.match(r"[\w-]+", need)[0] for need in project["dependencies"]}  # type: ignore[index]
        assert {name for name in asked if not name.startswith("meshwork-")} <= pinned.keys(), (
            "run `make lock`"
        )
