"""The short form of `make rolling`: one roll that must be clean, one that must not."""

from pathlib import Path

import pytest

from rolling.builds import Recipe, Workshop, write_sources
from rolling.changes import BEFORE, MESSAGE, RENAMED
from rolling.ground import VALKEY, Ground
from rolling.roll import roll
from rolling.scenarios import CONSUMERS, PRODUCERS, SCENARIOS, WEAKENED, Scenario, Wave

RECIPES = dict.fromkeys(recipe for s in (*SCENARIOS, *WEAKENED) for recipe in s.recipes)
RENAME = Scenario(
    "a renamed field", (Recipe(BEFORE), Recipe(RENAMED)), (Wave(1, CONSUMERS), Wave(1, PRODUCERS))
)
NO_PARKING = Scenario(
    "a new message type", (Recipe(BEFORE, ("parking",)), Recipe(MESSAGE)), (Wave(1, PRODUCERS, (1,)),)
)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.version)
def test_every_change_fits_what_is_there(recipe: Recipe, tmp_path: Path) -> None:
    write_sources(recipe, tmp_path)


@pytest.mark.timeout(
    900
)  # by itself two minutes; what kills and starts all processes takes turns with other tests
def test_a_field_is_renamed_under_load_and_every_process_killed(ground: Ground, workshop: Workshop) -> None:
    result = roll(RENAME, VALKEY, "SIGKILL", ground, workshop)
    assert result.verdict.clean, result
    assert result.verdict.receipts == result.verdict.sales > 100


@pytest.mark.timeout(900)
def test_without_parking_messages_are_seen_to_be_lost(ground: Ground, workshop: Workshop) -> None:
    result = roll(NO_PARKING, VALKEY, "SIGTERM", ground, workshop, patience=3)
    assert result.verdict.lost > 10, result
