"""The composition root: what it builds from the settings, and what it refuses before anything is written."""

import importlib
import sys
from datetime import date
from pathlib import Path

import pytest

from bot import app
from bot.app import Services
from bot.consult.builtin_writer import NAME
from bot.consult.outcome import Answered, CrisisReferral
from bot.errors import AssistantError, FixSettings
from bot.safety.verdicts import Alarm, Danger, Level
from bot.settings import Settings
from knowledge.entry import Review
from knowledge.errors import FixCorpus, FreeDataFolder

QUESTION = "she went quiet after my joke and i do not know how to repair it"


async def test_the_services_answer_a_question_with_the_built_in_writer(services: Services) -> None:
    outcome = (await services.consultant.answer(QUESTION)).outcome
    assert isinstance(outcome, Answered)
    assert outcome.draft.writer == NAME
    assert outcome.dropped == 0


def test_a_built_index_is_taken_as_it_is(data_folder: Path) -> None:
    told: list[tuple[int, int]] = []
    services = app.build(Settings(data_dir=data_folder), progress=lambda done, total: told.append((done, total)))
    assert (services.sync.state, services.sync.embedded) == ("current", 0)
    assert services.sync.rows > len(services.corpus.units)
    assert told == []


def test_each_region_has_one_composer_and_the_settings_say_which_is_meant(services: Services) -> None:
    assert services.composer() is services.composer("us")
    assert services.composer("neutral") is services.composer("neutral")
    assert services.composer("neutral") is not services.composer()


def test_a_review_by_those_who_use_the_texts_has_a_composer_of_its_own(services: Services) -> None:
    review = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=date(2026, 11, 1))
    crisis = CrisisReferral(Alarm(Level.CRISIS, Danger.SUICIDE))
    assert services.composer("us", review) is services.composer("us", review)
    assert "LPC-S" in services.composer("us", review).compose(crisis).text
    assert "LPC-S" not in services.composer("us").compose(crisis).text


def test_however_many_reviews_there_are_few_composers_are_held(services: Services) -> None:
    for day in range(1, 29):
        for month in range(1, 13):
            review = Review(role="supervisor", licence="LPC-S", jurisdiction="Texas", date=date(2026, month, day))
            services.composer("neutral", review)
    assert len(services._composers) <= 256
    services._composers.clear()


def test_a_region_without_crisis_lines_has_no_composer(services: Services) -> None:
    with pytest.raises(FixCorpus, match="region atlantis; use one of neutral, us"):
        services.composer("atlantis")


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"region": "atlantis"}, FixCorpus), ({"llm_model": "nobody:model"}, FixSettings)],
)
def test_what_cannot_be_used_is_refused_before_anything_is_written(
    tmp_path: Path, changed: dict[str, str], error: type[Exception]
) -> None:
    settings = Settings(data_dir=tmp_path / "data").model_copy(update=changed)
    with pytest.raises(error):
        app.build(settings)
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_is_refused_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(FreeDataFolder, match="set DATA_DIR to another folder"):
        app.build(Settings(data_dir=tmp_path / "data"))


async def test_a_model_that_is_set_writes(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = importlib.import_module("bot.llm.build")
    asked: list[str | None] = []

    def refuse(settings: Settings, **_: object) -> None:
        asked.append(settings.llm_model)
        raise AssistantError("the model is away", "wait")

    monkeypatch.setattr(build, "build_llm", refuse)
    with pytest.raises(AssistantError, match="the model is away"):
        app.build(Settings(data_dir=data_folder, llm_model="openai:gpt"))
    assert asked == ["openai:gpt"]
    assert "bot.llm.build" in sys.modules
