"""The counts: of what consultations came to and how models did, without anyone's id or words."""

import re
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.consult.outcome import Answered, Consultation, CrisisReferral, Unavailable
from bot.consult.record import name_of
from bot.errors import InstallExtra
from bot.llm.budget import Budget
from bot.llm.chain import Limits, ModelChain, ModelsAway
from bot.llm.model import ModelTrouble, make_prompt
from bot.llm.parsing import UnreadableAnswer
from bot.llm.schema import DraftedAnswer
from bot.metrics import Metrics
from bot.safety.verdicts import CALM, SCREEN_FAILED, Redaction
from tests.conftest import REPOSITORY
from tests.consult.fakes import draft_of
from tests.llm.fakes import FakeModel, FakeTime


def _counted(metrics: Metrics) -> dict[str, float]:
    """Return each sample by its name with its labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        sample.name + "".join(f" {label}={value}" for label, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def _answered(*, dropped: int = 0, fell_back: bool = False) -> Answered:
    draft = draft_of()
    if fell_back:
        draft = type(draft)(**{**{name: getattr(draft, name) for name in draft.__slots__}, "fell_back": True})
    return Answered(question=Redaction("planted words"), alarm=CALM, draft=draft, passages=(), dropped=dropped)


def test_every_outcome_is_there_from_the_start() -> None:
    counted = _counted(Metrics())
    for name in ("answered", "abstained", "out_of_scope", "crisis", "withheld", "unavailable"):
        assert counted[f"supervision_consultations_total outcome={name}"] == 0


def test_consultations_are_counted_by_what_they_came_to_with_the_seconds_of_their_stages() -> None:
    metrics = Metrics()
    for outcome in (_answered(dropped=3), _answered(fell_back=True), CrisisReferral(SCREEN_FAILED)):
        metrics.consulted(Consultation(outcome, {"retrieve": 20.0, "total": 400.0}))
    metrics.consulted(Consultation(Unavailable("grounding", CALM)))

    counted = _counted(metrics)
    assert counted["supervision_consultations_total outcome=answered"] == 2
    assert counted["supervision_consultations_total outcome=crisis"] == 1
    assert counted["supervision_consultations_total outcome=unavailable"] == 1
    assert counted["supervision_statements_dropped_total"] == 3
    assert counted["supervision_fallbacks_total"] == 1
    assert counted["supervision_stage_seconds_count stage=retrieve"] == 3
    assert counted["supervision_stage_seconds_sum stage=total"] == pytest.approx(1.2)
    assert counted["supervision_stage_seconds_bucket le=0.025 stage=retrieve"] == 3


def test_servers_are_asked_for_when_the_counts_are_read() -> None:
    metrics = Metrics()
    guilds = [1, 2]
    metrics.watch_guilds(lambda: len(guilds))
    guilds.append(3)
    assert _counted(metrics)["supervision_guilds"] == 3


def test_the_build_is_named() -> None:
    assert re.search(r'supervision_build_info\{python="3\.\d+\.\d+",version="[^"]+"\} 1\.0', Metrics().text().decode())


def test_no_label_can_hold_a_person_a_server_or_words() -> None:
    metrics = Metrics()
    metrics.consulted(Consultation(_answered(), {"total": 1.0}))
    metrics.model_answered("openai:small", 5)
    text = metrics.text().decode()
    assert set(re.findall(r"(\w+)=\"", text)) == {"outcome", "stage", "le", "model", "python", "version"}
    assert "planted" not in text


async def test_what_models_do_is_told_by_the_chain(tmp_path: object) -> None:
    metrics = Metrics()
    prompt = make_prompt("answer", {"question": "q", "passages": "p"}, DraftedAnswer)
    models = [
        FakeModel("a:busy", ModelTrouble("529", passing=True)),
        FakeModel("b:shut", ModelTrouble("401", passing=False)),
        FakeModel("c:odd", "no JSON"),
    ]

    def unread(_: str) -> str:
        raise UnreadableAnswer

    chain = ModelChain(
        models,
        limits=Limits(attempt=5, retries=0, concurrency=1, tokens=100),
        budget=Budget(tmp_path, 0),  # type: ignore[arg-type]  # nothing is kept where there is no limit
        chance=FakeTime().chance(),
        observer=metrics,
    )
    with pytest.raises(ModelsAway):
        await chain.ask(prompt, unread, seconds=10)
    counted = _counted(metrics)
    assert counted["supervision_model_failures_total model=a:busy trouble=overloaded"] == 1
    assert counted["supervision_model_failures_total model=b:shut trouble=refused"] == 1
    assert counted["supervision_model_failures_total model=c:odd trouble=unreadable"] == 1
    assert counted["supervision_model_tokens_total model=c:odd"] == 10


def test_the_names_of_outcomes_are_those_of_the_records() -> None:
    assert name_of(_answered()) == "answered"


def test_without_its_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(InstallExtra, match=r"supervision-assistant\[metrics\]"):
        Metrics()


def test_the_page_for_operators_names_every_metric() -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    names = {line.split()[2] for line in Metrics().text().decode().splitlines() if line.startswith("# TYPE")}
    ours = {name for name in names if name.startswith("supervision_") and not name.endswith("_created")}
    assert set(re.findall(r"^\| `(supervision_\w+)`", page, re.MULTILINE)) == ours
