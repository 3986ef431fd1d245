"""The privacy screen: what is taken out, what stays, and what is withheld."""

import re
import shutil
from pathlib import Path

import pytest

from bot.safety import privacy as privacy_module
from bot.safety.names import load_name_lists
from bot.safety.privacy import PrivacyScreen
from bot.safety.verdicts import Redaction, Removal
from knowledge.errors import ReinstallModel
from knowledge.screens.model import FOLDER

_LISTS = ("first_names", "surnames", "ambiguous", "theorists", "places")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("I told Priya Kowalski that I was sorry.", "I told [name] that I was sorry."),
        ("i told priya that i was sorry", "i told [name] that i was sorry"),
        ("my client brandon wont talk to me", "my client [name] wont talk to me"),
        ("DR Smith", "DR [name]"),
        ("jordan rolled his eyes", "[name] rolled his eyes"),
        ("Brandon's mom called", "[name]'s mom called"),
        ("she lives in Chicago", "she lives in [place]"),
    ],
)
def test_names_of_people_and_places_are_taken_out_in_any_case(privacy: PrivacyScreen, text: str, redacted: str) -> None:
    assert _text(privacy, text) == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Hope cancelled again", "[name] cancelled again"),
        ("my client hope cancelled again", "my client [name] cancelled again"),
        ("grace said i was cold", "[name] said i was cold"),
        ("my client mark left early again", "my client [name] left early again"),
    ],
)
def test_a_word_that_is_also_a_name_is_taken_out_where_it_stands_as_a_name(
    privacy: PrivacyScreen, text: str, redacted: str
) -> None:
    assert _text(privacy, text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "I hope she has the will to come back",
        "the grace period was over",
        "mark my words",
        "Sunday is hard for her in may",
        "What would Safran and Muran say?",
        "what did carl rogers mean",
        "I read Bordin and Rogers",
        "last week in session 4 my 16yo client was quiet",
        "we meet 24/7 it feels, 50 min each, 3 times",
        "she is 45 years old and her phq-9 is 12",
        "HE WALKED OUT AND I DID NOT FOLLOW",
        "",
    ],
)
def test_ordinary_words_theorists_and_plain_numbers_stay(privacy: PrivacyScreen, text: str) -> None:
    assert privacy.redact(text) == Redaction(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("call me on 555-123-4567", "phone", "4567"),
        ("her number is (212) 555-0199", "phone", "0199"),
        ("five five five one two three four", "phone", "three"),
        ("call \uff15\uff15\uff15-\uff11\uff12\uff13-\uff14\uff15\uff16\uff17", "phone", "4567"),
        ("mail jane.doe@example.com", "email", "example"),
        ("jane dot doe at example dot com", "email", "example"),
        ("jane.doe (at) example (dot) com", "email", "example"),
        ("j\u200bane@exa\u200bmple.com", "email", "example"),
        ("her handle is @sunny_girl99", "handle", "sunny"),
        ("he is <@123456789012345678>", "handle", "123456789012345678"),
        ("we met on 03/14/2024", "date", "2024"),
        ("it was March 3rd", "date", "3rd"),
        ("seen 2024-03-14", "date", "2024"),
        ("she is 93 years old", "age", "93"),
        ("MRN 4482913", "record number", "4482913"),
        ("ssn 123-45-6789", "record number", "6789"),
        ("see https://example.com/x?y=1", "url", "example"),
        ("Br\u200bandon was upset", "name", "andon"),
        ("she goes to Lincoln High", "school", "Lincoln"),
        ("12 Oak Street", "place", "Oak"),
        ("the sheriff's daughter is my client", "relative", "sheriff"),
    ],
)
def test_an_identifier_is_replaced_by_its_type(privacy: PrivacyScreen, text: str, kind: str, value: str) -> None:
    redaction = privacy.redact(text)

    assert redaction is not None
    assert f"[{kind}]" in redaction.text
    assert value not in redaction.text
    assert [removal.type for removal in redaction.removed] == [kind]


def test_what_was_taken_out_is_counted_by_type_and_never_named(privacy: PrivacyScreen) -> None:
    redaction = privacy.redact("Brandon and Priya, mail a@example.com or b@example.com")

    assert redaction == Redaction(
        "[name] and [name], mail [email] or [email]", (Removal("email", 2), Removal("name", 2))
    )


def test_redacting_twice_takes_nothing_more(privacy: PrivacyScreen) -> None:
    once = _text(privacy, "Brandon wrote from a@example.com on 03/14/2024, call 555-123-4567, MRN 4482913")

    assert privacy.redact(once) == Redaction(once)


def test_a_text_in_which_a_form_still_matches_is_withheld(
    privacy: PrivacyScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy_module, "FORMS", (("badge", re.compile("badge")),))

    assert privacy.redact("he showed his badge") is None
    assert privacy.redact("he showed nothing") == Redaction("he showed nothing")


@pytest.mark.parametrize("name", _LISTS)
def test_a_missing_empty_or_unreadable_list_of_names_asks_for_a_new_installation(tmp_path: Path, name: str) -> None:
    shutil.copytree(FOLDER / "names", tmp_path / "names")
    load_name_lists(tmp_path, frozenset(), frozenset())
    kept = tmp_path / "names" / f"{name}.txt"

    for content in (b"", b"\n\n", b"\xff\xfe\xff"):
        kept.write_bytes(content)
        with pytest.raises(ReinstallModel, match=name):
            load_name_lists(tmp_path, frozenset(), frozenset())
    kept.unlink()
    with pytest.raises(ReinstallModel, match=name):
        load_name_lists(tmp_path, frozenset(), frozenset())


def _text(privacy: PrivacyScreen, text: str) -> str:
    redaction = privacy.redact(text)
    assert redaction is not None
    return redaction.text


def test_a_text_that_grows_many_times_when_its_letters_are_made_plain_is_withheld(privacy: PrivacyScreen) -> None:
    assert privacy.redact("\ufdfa" * 200) is None
    assert privacy.redact("she said \ufdfa and left") is not None


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Jane Miller said she was done with me", "[name] said she was done with me"),
        ("the reviewer is Dr. Jane Miller, supervisor.", "the reviewer is Dr. [name], supervisor."),
        ("Carl Rogers would have waited here", "Carl Rogers would have waited here"),
        ("i read Miller and Rogers on this", "i read Miller and Rogers on this"),
    ],
)
def test_a_theorists_surname_goes_with_somebody_elses_first_name(typed: str, left: str, privacy: PrivacyScreen) -> None:
    redaction = privacy.redact(typed)
    assert redaction is not None
    assert redaction.text == left
