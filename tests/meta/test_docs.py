"""The documentation says what the program does."""

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from bot import app
from bot.evals.metrics import METRICS
from bot.evals.questions import CATEGORIES, Behaviour
from bot.llm.build import EXTRAS
from bot.settings import Settings
from knowledge import checks
from knowledge.checks import check_corpus
from knowledge.entry import SECTION_HEADINGS, Card, Corpus, FrontMatter
from knowledge.frontmatter import parse_card
from knowledge.quality.level import HIGHEST_GRADE, check_level
from knowledge.quality.likeness import TOO_ALIKE
from knowledge.quality.numbers import check_numbers
from knowledge.quality.stock import FEWEST_ASKS
from knowledge.quality.wording import check_wording
from tests.meta import generated
from tests.meta.documented import REPOSITORY, Command, Link, anchors, commands, distinct, fenced, links
from tests.meta.shell import Shell, UnknownCommandError, workspace

_TABLE_ROW = re.compile(r"^\| `?(?P<first>[^|`]+?)`? \|", re.MULTILINE)


def _page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _first_cells(table: str) -> list[str]:
    return [found["first"] for found in _TABLE_ROW.finditer(table)][2:]


def _example_card() -> Card:
    example, *_ = fenced(_page(generated.CARDS), "markdown")
    card_id = example.partition("id: ")[2].partition("\n")[0]
    card, problems = parse_card(example, f"situations/{card_id}.md")
    assert problems == []
    assert card is not None
    return card


def test_the_settings_table_in_the_readme_holds_every_setting_as_it_is() -> None:
    table = generated.block(_page(generated.README), "settings")

    assert table == generated.settings_table()
    assert _first_cells(table) == list(Settings.names())
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description in table


def test_the_example_env_file_holds_every_setting_under_its_description() -> None:
    assert _page(generated.ENV_EXAMPLE) == generated.env_example()


def test_the_example_env_file_loads_as_it_is() -> None:
    assert Settings.read({}, generated.ENV_EXAMPLE) == Settings()


def test_the_example_env_file_with_every_line_taken_up_gives_the_defaults(tmp_path: Path) -> None:
    taken_up = re.sub(r"^# (?=[A-Z_]+=)", "", _page(generated.ENV_EXAMPLE), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(taken_up, encoding="utf-8")

    assert all(f"\n{name}=" in taken_up for name in Settings.names())
    assert Settings.read({}, tmp_path / ".env") == Settings()


def test_the_readme_names_every_provider_with_its_extra() -> None:
    readme = _page(generated.README)
    rows = re.findall(r"^\|[^|]+\| `([a-z_]+):` \| `([a-z]+)` \|$", readme, re.MULTILINE)

    assert dict(rows) == EXTRAS


def test_the_readme_lists_the_licences_that_the_packages_state() -> None:
    assert generated.block(_page(generated.README), "licences") == generated.licence_list()


def test_the_command_page_is_what_the_program_prints_for_help() -> None:
    assert _page(generated.COMMANDS) == generated.commands_page()


def test_the_front_matter_table_holds_every_key_with_its_description() -> None:
    table = generated.block(_page(generated.CARDS), "front matter")

    assert table == generated.front_matter_table()
    assert _first_cells(table) == list(FrontMatter.model_fields)
    for field in FrontMatter.model_fields.values():
        assert field.description
        assert field.description in table


def test_the_evaluation_page_holds_every_metric_with_its_meaning() -> None:
    table = generated.block(_page(generated.EVALUATION), "metrics")

    assert table == generated.metrics_table()
    assert _first_cells(table) == [metric.name for metric in METRICS]


def test_the_evaluation_page_names_every_label() -> None:
    page = _page(generated.EVALUATION)

    assert [word for word in (*CATEGORIES, *get_args(Behaviour)) if f"| `{word}` |" not in page] == []


def test_the_example_card_would_be_taken_into_the_knowledge_base(corpus: Corpus) -> None:
    card = _example_card()
    with_it = Corpus((*corpus.cards, card), corpus.sources, corpus.topics, digest="")

    found = [*check_corpus(with_it), *check_wording(with_it), *check_numbers(with_it, ()), *check_level(with_it)]
    assert [problem for problem in found if problem.file == card.path] == []


def test_the_measures_on_the_card_page_are_those_of_the_check() -> None:
    page = " ".join(_page(generated.CARDS).split())

    assert f"A card above grade {HIGHEST_GRADE:.0f}." in page
    assert f"cosine of their embeddings, from {TOO_ALIKE} on." in page
    assert f"fewer than {FEWEST_ASKS} asks" in page


def test_the_page_on_the_cards_names_units_that_exist(corpus: Corpus) -> None:
    page = _page(REPOSITORY / "docs" / "review-of-cards.md")
    named = re.findall(r"`([a-z0-9-]+)(#[rswc]\d+)?`", page)

    for card, unit in named:
        assert card in corpus.by_id or card == "unreviewed"
        assert not unit or card + unit in corpus.units


def test_the_limits_on_the_card_page_are_those_of_the_check() -> None:
    page = _page(generated.CARDS)
    rows = re.findall(r"^\| ([A-Z][^|]+) \| `([a-z])` \| (\d+) \|$", page, re.MULTILINE)
    words = {section: (heading, checks._WORD_LIMITS[section]) for heading, section in SECTION_HEADINGS.items()}

    assert rows == [(heading, section.value, str(limit)) for section, (heading, limit) in words.items()]
    assert f"`reflect` has at most {checks._REFLECT_WORDS} words" in page
    assert f"`supervision` at most {checks._SUPERVISION_WORDS}" in page
    assert set(checks._SUGGESTIONS_WANTED) == {"marker", "move", "situation"}
    assert set(checks._SUGGESTIONS_WANTED.values()) == {4}
    assert "Cards of the kinds `marker`, `move` and `situation` have at least four units" in page


async def test_the_transcript_in_the_readme_is_an_answer_to_its_question(services: app.Services) -> None:
    readme = _page(generated.README)
    question = re.search(r'we made up: "(?P<text>[^"]+)"', readme)
    assert question
    shown = " ".join(generated.block(readme, "transcript").split())

    suggested = re.findall(r"\d\. (.+?)(?: \[\d\])+ (?=\d\. |Words to try)", shown)

    consultation = await services.consultant.answer(" ".join(question["text"].split()))

    # Rounding differs between processors and may swap two units of a card, so the card is compared, by its close.
    close = services.composer().compose(consultation.outcome).close.replace("**", "").replace("-# ", "")
    assert " ".join(close.split()) in shown
    assert len(suggested) > 1
    assert set(suggested) <= {unit.text for unit in services.corpus.units.values()}


@pytest.fixture(scope="session")
def own_data_folder(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the data folder, which commands may write to."""
    return shutil.copytree(data_folder, tmp_path_factory.mktemp("documented") / "data")


@pytest.fixture
def shell(
    own_data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Return a shell with an index and without a `.env`."""
    monkeypatch.chdir(workspace(tmp_path))
    monkeypatch.setenv("DATA_DIR", str(own_data_folder))
    return Shell(patch=monkeypatch, captured=capsys)


@pytest.mark.parametrize("command", distinct(commands()), ids=lambda command: f"{command.page}: {command.text}")
def test_a_documented_command_works(command: Command, shell: Shell) -> None:
    shell.attempt(command.text)


@pytest.mark.parametrize(
    "text",
    ["curl example.org", "make ask && make test", "cat x | supervision-bot ask --jsonl", "pip install other", ""],
)
def test_a_command_of_no_known_form_is_refused(text: str, shell: Shell) -> None:
    with pytest.raises(UnknownCommandError):
        shell.attempt(text)


@pytest.mark.parametrize(
    "text",
    [
        "make everything",
        "make ask COLOUR=red",
        'pip install "supervision-assistant[everything]"',
        "supervision-bot advise",
        "supervision-bot bench --fast",
        "export LLM_MODLE=x",
        "cp .env.sample .env",
        "python -m tests.meta.nothing",
    ],
)
def test_a_command_that_names_what_is_not_there_is_found(text: str, shell: Shell) -> None:
    with pytest.raises(AssertionError):
        shell.attempt(text)


@pytest.mark.parametrize("link", links(), ids=lambda link: f"{link.page}: {link.path}#{link.anchor}")
def test_a_relative_link_leads_somewhere(link: Link) -> None:
    page = REPOSITORY / link.page
    target = page.parent / link.path if link.path else page

    assert target.exists(), f"{link.path} is not there"
    assert not link.anchor or link.anchor in anchors(_page(target))
