"""Recorded answers: what is not recorded is written out, and what is recorded is the answer."""

import json
from pathlib import Path

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Passage
from bot.llm.build import build_llm
from bot.llm.chat import answer_prompt
from bot.llm.replay import prompt_key
from bot.settings import Settings
from knowledge.retrieval import Retrieved
from tests.llm.conftest import QUESTION


async def test_a_prompt_is_written_out_once_and_answered_when_its_completion_is_there(
    tmp_path: Path, found: tuple[list[Passage], Retrieved]
) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    settings = Settings(data_dir=tmp_path, llm_model=f"replay:{folder}")
    writer = build_llm(settings, fallback=BuiltInWriter()).writer
    assert (await writer.write(QUESTION, *found)).fell_back
    assert (await writer.write(QUESTION, *found)).fell_back

    (missing,) = (folder / "missing").iterdir()
    prompt = answer_prompt(QUESTION, *found)
    assert missing.stem == prompt_key(prompt)
    written = json.loads(missing.read_text())
    assert (written["prompt"], written["version"]) == ("answer", prompt.template.version)
    assert QUESTION in written["user"]
    assert "suggestions" in written["format"]

    unit = found[0][0].card.units[2]
    answer = {"suggestions": [{"text": unit.text, "cites": [unit.id]}], "not_covered": False}
    (folder / f"{missing.stem}.txt").write_text(f"```json\n{json.dumps(answer)}\n```")
    draft = await writer.write(QUESTION, *found)
    assert (draft.writer, draft.fell_back) == ("replay:answers", False)
    assert [one.text for one in draft.suggestions] == [unit.text]


def test_another_question_or_thread_has_another_name(found: tuple[list[Passage], Retrieved]) -> None:
    keys = {prompt_key(answer_prompt(question, *found, thread)) for question in ("a", "b") for thread in ((), ("x",))}
    assert len(keys) == 4
