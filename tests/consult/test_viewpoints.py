"""Questions from another viewpoint are the cards' own, and those of the cards that were found come first."""

from bot.consult.viewpoints import CARDS, TITLES, Viewpoint, other_ways
from knowledge.entry import Corpus


def test_every_viewpoint_names_cards_that_there_are(corpus: Corpus) -> None:
    assert set(CARDS) == set(TITLES) == set(Viewpoint)
    assert all(card in corpus.by_id for cards in CARDS.values() for card in cards)


def test_each_question_is_a_cards_own_with_a_passage_and_its_source(corpus: Corpus) -> None:
    texts = other_ways((), corpus)
    questions = [text for text in texts if text not in {f"**{title}**" for title in TITLES.values()}]
    own = {card.head.reflect for card in corpus.cards}
    assert len(questions) == 2 * len(Viewpoint)
    assert all(question.splitlines()[0] in own for question in questions)
    assert all("> " in question and "-# " in question for question in questions)


def test_cards_that_were_found_come_first(corpus: Corpus) -> None:
    texts = "\n".join(other_ways([corpus.by_id["telehealth-ruptures"], corpus.by_id["humor"]], corpus))
    setting = texts.partition(TITLES[Viewpoint.SETTING])[2]
    assert setting.index(corpus.by_id["telehealth-ruptures"].head.reflect) < setting.index(
        corpus.by_id["repair-words-by-setting"].head.reflect
    )
    assert corpus.by_id["humor"].head.reflect not in texts
