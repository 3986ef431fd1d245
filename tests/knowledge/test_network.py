"""The small networks: what they know, what a score depends on, and how they are kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embedding import MiniLmEmbedder, TokenStates
from knowledge.network import NEIGHBOURS, PieceNumbers, TextNetwork, WordTagger, softmax, with_neighbours
from knowledge.screens.model import ScreenModel, load_screen_model

_TEXTS = ["he walked out and i said nothing", "she has the pills in her hand", "", "a", "word " * 400]


@pytest.fixture(scope="module")
def shipped() -> ScreenModel:
    """The shipped model, with networks in use."""
    return load_screen_model()


def test_the_vector_of_the_word_pieces_is_the_vector_of_the_text(embedder: MiniLmEmbedder) -> None:
    vectors = embedder.embed(_TEXTS)

    for states, vector in zip(embedder.read(_TEXTS), vectors, strict=True):
        assert len(states.states) == len(states.ids) == len(states.spans) <= 256
        assert np.allclose(states.vector, vector, atol=1e-5)


def test_each_word_piece_says_where_it_stands(embedder: MiniLmEmbedder) -> None:
    (read,) = embedder.read(["Jasmine left early"])

    assert [tuple(span) for span in read.spans] == [(0, 0), (0, 7), (8, 12), (13, 18), (0, 0)]


def test_pieces_of_four_texts_or_more_are_known_and_all_others_are_nought() -> None:
    texts = [np.array(ids, dtype=np.int32) for ids in ([5, 7, 7, 7], [5, 9], [5, 9], [5, 9], [9])]
    pieces = PieceNumbers.of(texts)

    assert len(pieces) == 3
    assert pieces.number(np.array([5, 7, 9, 0, 10_000], dtype=np.int32)).tolist() == [1, 0, 2, 0, 0]


def test_where_no_piece_is_known_every_number_is_nought() -> None:
    pieces = PieceNumbers(np.array([], dtype=np.int32))

    assert len(pieces) == 1
    assert pieces.number(np.array([[1, 2]], dtype=np.int32)).tolist() == [[0, 0]]


def test_a_text_scores_the_same_alone_and_among_others(shipped: ScreenModel, embedder: MiniLmEmbedder) -> None:
    network = shipped.danger_networks[0]
    read = embedder.read(_TEXTS)

    together = network.scores(read)

    assert together.shape == (len(_TEXTS),)
    assert np.allclose(together, [network.scores([states])[0] for states in read])


def test_a_word_is_marked_by_itself_and_two_neighbours_on_each_side(shipped: ScreenModel) -> None:
    tagger = shipped.identifiers[0]
    rng = np.random.default_rng(0)
    states = rng.normal(size=(9, tagger.weights["state"].shape[0])).astype(np.float32)
    ids = np.zeros(9, dtype=np.int32)
    before = tagger.probabilities(states, ids)

    states[0] += 5
    after = tagger.probabilities(states, ids)

    assert np.allclose(before.sum(axis=1), 1, atol=1e-5)
    assert not np.allclose(before[: NEIGHBOURS + 1], after[: NEIGHBOURS + 1])
    assert np.allclose(before[NEIGHBOURS + 1 :], after[NEIGHBOURS + 1 :])


@pytest.mark.parametrize("kind", [TextNetwork, WordTagger])
def test_a_network_without_its_pieces_cannot_be_made(kind: type[TextNetwork] | type[WordTagger]) -> None:
    with pytest.raises(KeyError):
        kind.from_arrays({"known": np.array([1], dtype=np.int32)})


def test_a_network_reads_back_what_it_keeps(shipped: ScreenModel, embedder: MiniLmEmbedder) -> None:
    network = shipped.danger_networks[0]
    read: list[TokenStates] = embedder.read(_TEXTS)

    again = TextNetwork.from_arrays(network.arrays())

    assert np.array_equal(again.scores(read), network.scores(read))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3), min_size=1, max_size=8))
def test_shares_are_positive_and_sum_to_one_and_neighbours_keep_each_row_in_the_middle(rows: list[list[float]]) -> None:
    scores = np.array(rows, dtype=np.float32)
    shares = softmax(scores)
    near = with_neighbours(scores)

    assert np.all(shares >= 0)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)
    assert near.shape == (len(rows), 3 * (2 * NEIGHBOURS + 1))
    assert np.array_equal(near[:, 3 * NEIGHBOURS : 3 * NEIGHBOURS + 3], scores)
