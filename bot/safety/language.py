"""The language screen: text that is clearly not English, by its script or by the short words that every language repeats.

Second-language English, slang, names and quoted foreign sentences stay English: without clear evidence nothing is said.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from knowledge.screens.languages import Language

_READ = 2000
"""Characters of a text that are read; a language shows long before."""

_WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)*")
_FEWEST_WORDS, _FEWEST_LETTERS = 4, 12
_FEWEST_DENSE_LETTERS = 6
_DENSE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR"})
"""Scripts that say much in few letters."""

_SHARED_WEIGHT, _MARKED_WEIGHT = 0.5, 0.6
_FEWEST_TELLING = 2
"""Different common words of the language that are not English too."""

_SCRIPT_SHARE = 0.6
_COMMON_SHARE = 0.25
"""A text in Latin letters is a language's where at least this share of its words are among that language's common ones."""

_ENGLISH_SHARE = 0.4
"""Above this share of English words a text stays English, whatever else is in it."""

_ENGLISH = frozenset(
    "i i'm im ive i've you your she she's shes he's hes her him his they their them we our it it's its is isn't was were are am be been "
    "the this that these those and but or so because if when then than what how why who where do does did don't dont didn't doesn't "
    "not to too of for from with without about at by on after before since my mine client clt says said say told tell asked ask feel feels felt "
    "think know want wants should would could can can't cant will won't wont have has had there here just like now never always still again "
    "session sessions supervisor repair rupture quiet angry late help please".split()
)
"""English words that carry a sentence, beside the vocabulary."""


class LanguageScreen:
    """Tells the language of a text that is clearly not English."""

    def __init__(self, languages: Mapping[str, Language], vocabulary: AbstractSet[str]) -> None:
        """Hold the languages by code, and ordinary English words in lower case."""
        self._vocabulary = vocabulary | _ENGLISH
        self._latin = {code: language.common for code, language in languages.items() if language.words}
        self._plain = {code: frozenset(map(_without_marks, words)) for code, words in self._latin.items()}
        self._by_script: dict[str, list[tuple[str, str]]] = {}
        for code, language in languages.items():
            for script in language.script.split():
                self._by_script.setdefault(script, []).append((code, language.letters))

    def read(self, text: str) -> str | None:
        """Return the code of the text's language, or None for English and whatever is not clear."""
        words = _WORD.findall(unicodedata.normalize("NFKC", text[:_READ]).casefold().replace("\u2019", "'"))
        scripts = Counter(letter_script for word in words for letter_script in _scripts(word))
        letters = sum(scripts.values())
        foreign = {script: count for script, count in scripts.items() if script in self._by_script}
        fewest = _FEWEST_DENSE_LETTERS if _DENSE & set(foreign) else _FEWEST_LETTERS
        if sum(foreign.values()) >= max(fewest, _SCRIPT_SHARE * letters):
            return self._of_script(foreign, "".join(words))
        if len(words) < _FEWEST_WORDS or scripts["LATIN"] < max(_FEWEST_LETTERS, _SCRIPT_SHARE * letters):
            return None
        return self._of_words(words)

    def _of_script(self, found: Mapping[str, int], text: str) -> str:
        # A Japanese text may hold more Chinese letters than its own; no Chinese text holds kana.
        own = next((script for script in ("HIRAGANA", "KATAKANA") if found.get(script, 0) > 1), None)
        known = self._by_script[own or max(found, key=lambda script: found[script])]
        return next((code for code, letters in known if any(letter in text for letter in letters)), known[-1][0])

    def _of_words(self, words: list[str]) -> str | None:
        plain = [_without_marks(word) for word in words]
        best = max(self._latin, key=lambda code: sum(self._weights(code, words, plain)))
        weights = self._weights(best, words, plain)
        telling = {bare for bare, weight in zip(plain, weights, strict=True) if weight > _SHARED_WEIGHT}
        english = sum(word in self._vocabulary for word, weight in zip(words, weights, strict=True) if not weight)
        clear = len(telling) >= _FEWEST_TELLING and sum(weights) >= _COMMON_SHARE * len(words)
        return best if clear and english < min(sum(weights), _ENGLISH_SHARE * len(words)) else None

    def _weights(self, code: str, words: list[str], plain: list[str]) -> list[float]:
        """Return how much each word speaks for a language; one that is English too speaks half as loud.

        A word with accents that is none of its common ones speaks a little for each language: English has few.
        """
        exact, close = self._latin[code], self._plain[code]

        def weight(word: str, bare: str) -> float:
            if word in exact or bare in close:
                return _SHARED_WEIGHT if word in self._vocabulary else 1.0
            return _MARKED_WEIGHT if word != bare and word not in self._vocabulary else 0.0

        return [weight(word, bare) for word, bare in zip(words, plain, strict=True)]


def _scripts(word: str) -> list[str]:
    """Return the script of each letter of a word, one for all where it mixes Latin look-alikes with Latin letters."""
    scripts = [unicodedata.name(letter, "?").partition(" ")[0] for letter in word if letter.isalpha()]
    return ["LATIN"] * len(scripts) if "LATIN" in scripts else scripts


def _without_marks(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.replace("\u0111", "d").replace("\u0131", "i").replace("\u0142", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
