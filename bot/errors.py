"""The application's exceptions, each named by what its reader must do."""


class AssistantError(Exception):
    """Base of every error that the application raises on purpose.

    Attributes:
        problem: what is wrong and where, one clause without a full stop.
        mend: what the reader can do about it, one clause without a full stop.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem}; {mend}.")
        self.problem = problem
        self.mend = mend


class FixSettings(AssistantError):
    """A setting is unknown, misspelt or has a value that cannot be used."""


class FixInput(AssistantError):
    """What was typed or piped in cannot be read."""


class GetToken(AssistantError):
    """Discord needs a token, or refuses the one that it was given."""


class InstallExtra(AssistantError):
    """A package that only some commands or models need is not installed, or not in the version that we know."""


class TryAgainLater(AssistantError):
    """A service that we need cannot be reached or is not well; nothing here has to be changed first."""


class MendDataFolder(AssistantError):
    """The database in the data folder cannot be opened or written: permissions, space, or a fault of the disk."""


class RestoreDatabase(AssistantError):
    """The database is damaged, half migrated or not ours; a backup has to take its place."""


class UpdateProgram(AssistantError):
    """The database was written by a newer version of this program."""
