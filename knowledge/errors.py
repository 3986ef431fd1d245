"""The knowledge base's exceptions, each named by what its reader must do."""


class KnowledgeError(Exception):
    """Base of every error that the knowledge base raises on purpose.

    Attributes:
        problem: what is wrong and where, one clause without a full stop.
        mend: what the reader can do about it, one clause without a full stop.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem}; {mend}.")
        self.problem = problem
        self.mend = mend


class FixCorpus(KnowledgeError):
    """A card, the topics or the sources do not hold to their format."""


class ReinstallModel(KnowledgeError):
    """The embedding model's files are missing or are not the ones we pin."""


class RebuildIndex(KnowledgeError):
    """The index cannot be used as it is; building it anew mends it."""


class FreeDataFolder(KnowledgeError):
    """The data folder cannot be written: permissions, space, or a file in the way."""


class WaitForOtherProcess(KnowledgeError):
    """Another process holds the index and is writing to it."""


class WaitForVectorServer(KnowledgeError):
    """The server that keeps the index does not answer; nothing here has to be changed first."""


class FixVectorServer(KnowledgeError):
    """The server that keeps the index is not what the settings say: another version, token, tenant or program."""


class FixReview(KnowledgeError):
    """A review cannot be taken: the text changed, its file is read-only, or the sheet does not fit."""
