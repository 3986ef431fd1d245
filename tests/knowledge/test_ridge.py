"""Ridge regression from words and vectors to scores."""

import numpy as np
import pytest

from knowledge.ridge import Numbers, TextRidge

_TEXTS = ["alpha beta", "alpha gamma", "alpha alpha beta", "delta epsilon", "delta zeta", "delta delta epsilon"]
_TARGETS = np.array([[1.0, 0.0]] * 3 + [[-1.0, 2.0]] * 3, dtype=np.float32)


def _vectors(count: int = 6, seed: int = 0) -> Numbers:
    return np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)


def test_texts_like_those_it_was_fitted_on_score_like_their_targets() -> None:
    ridge = TextRidge.fit(_TEXTS, _vectors(), _TARGETS, ridge=0.01)

    scores = ridge.scores(_TEXTS, _vectors())

    assert ridge.outputs == 2
    assert scores.shape == (6, 2)
    assert scores.dtype == np.float32
    assert np.abs(scores - _TARGETS).max() < 0.1
    fresh = ridge.scores(["alpha", "delta"], _vectors(2, seed=1))
    assert fresh[0, 0] > fresh[1, 0]
    assert fresh[0, 1] < fresh[1, 1]


def test_a_heavy_penalty_draws_every_score_to_the_mean_of_the_targets() -> None:
    scores = TextRidge.fit(_TEXTS, _vectors(), _TARGETS, ridge=1e6).scores(_TEXTS, _vectors())

    assert np.abs(scores - _TARGETS.mean(axis=0)).max() < 0.01


def test_a_text_that_weighs_more_pulls_the_scores_to_its_target() -> None:
    texts, vectors = ["same words", "same words"], np.zeros((2, 4), dtype=np.float32)
    targets = np.array([[1.0], [-1.0]], dtype=np.float32)
    weights = np.array([9.0, 1.0], dtype=np.float32)

    even = TextRidge.fit(texts, vectors, targets).scores(texts, vectors)
    pulled = TextRidge.fit(texts, vectors, targets, row_weights=weights).scores(texts, vectors)

    assert abs(even[0, 0]) < 0.01
    assert pulled[0, 0] == pytest.approx(0.8, abs=0.01)


def test_fitting_in_chunks_equals_solving_the_whole_at_once() -> None:
    count = 1100
    words = np.array(["alpha", "beta", "gamma", "delta"])
    picks = np.random.default_rng(2).integers(0, 4, (count, 3))
    texts = [" ".join(words[row]) for row in picks]
    vectors = _vectors(count, seed=3)
    targets = (picks[:, :1] == 0).astype(np.float32)

    ridge = TextRidge.fit(texts, vectors, targets, ridge=2.0)

    features = ridge._features(texts, vectors).astype(np.float64)
    penalty = np.full(features.shape[1], 2.0)
    penalty[-1] = 1e-3
    exact = np.linalg.solve(features.T @ features + np.diag(penalty), features.T @ targets)
    assert np.abs(features @ exact - ridge.scores(texts, vectors)).max() < 0.01


def test_only_the_commonest_terms_count() -> None:
    ridge = TextRidge.fit(_TEXTS, _vectors(), _TARGETS, terms=2)

    assert ridge.arrays()["terms"].tolist() == ["alpha", "delta"]
    vector = _vectors(1)
    assert np.array_equal(ridge.scores(["beta"], vector), ridge.scores(["unheard"], vector))


def test_a_text_without_words_and_with_an_empty_vector_scores_a_number() -> None:
    ridge = TextRidge.fit(_TEXTS, _vectors(), _TARGETS)

    centre = ridge.arrays()["centre"].astype(np.float32)[None]
    assert np.isfinite(ridge.scores(["", "\N{ZERO WIDTH SPACE}"], np.vstack([centre, np.zeros_like(centre)]))).all()
    assert ridge.scores([], np.zeros((0, 4), dtype=np.float32)).shape == (0, 2)


def test_fitting_twice_gives_the_same_weights() -> None:
    first, second = (TextRidge.fit(_TEXTS, _vectors(), _TARGETS).arrays() for _ in range(2))

    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_what_its_arrays_give_scores_the_same() -> None:
    ridge = TextRidge.fit(_TEXTS, _vectors(), _TARGETS, vector_weight=0.7)

    again = TextRidge.from_arrays(ridge.arrays())

    assert np.array_equal(again.scores(_TEXTS, _vectors()), ridge.scores(_TEXTS, _vectors()))


@pytest.mark.parametrize("part", ["terms", "rarity", "centre", "weights", "vector_weight"])
def test_a_missing_array_is_named(part: str) -> None:
    arrays = TextRidge.fit(_TEXTS, _vectors(), _TARGETS).arrays()
    del arrays[part]

    with pytest.raises(KeyError, match=part):
        TextRidge.from_arrays(arrays)
