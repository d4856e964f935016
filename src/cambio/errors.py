"""The error tree. Its branches are what the caller can do about the failure.

CambioError
├── ConfigError          fix the configuration and start again
├── SourceError          the source failed; retrying may help
├── DataQualityError     the data is bad; stop the pipeline
├── ContractMismatch     two artefacts do not belong together; refuse to load
├── NotFound             what was named does not exist; look at what does
├── Conflict             somebody else was faster; re-read and decide again
└── NotAllowed           this account may not; ask somebody who may
"""


class CambioError(Exception):
    """Root of every error that cambio raises on purpose.

    Args:
        what: what went wrong and where, with the offending value.
        remedy: what the user can do about it.
        **fields: the facts, for logs and tests.
    """

    def __init__(self, what: str, *, remedy: str = "", **fields: object) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".rstrip()


class ConfigError(CambioError):
    """A setting is wrong: fix it and start again."""


class SourceError(CambioError):
    """A file or provider could not be read: retrying may help."""


class DataQualityError(CambioError):
    """The data is not fit for use: the pipeline stops and nothing is written."""


class ContractMismatch(CambioError):
    """Two artefacts do not belong together: refuse to load.

    >>> raise ContractMismatch.between("feature order", "ddc9", "the contract", "beef", "model m1")
    Traceback (most recent call last):
        ...
    cambio.errors.ContractMismatch: feature order differs: ddc9 (the contract) != beef (model m1).
    """

    @classmethod
    def between(
        cls, subject: str, expected: str, expected_by: str, found: str, found_in: str
    ) -> "ContractMismatch":
        """Give the mismatch of one hash or version, naming both sides."""
        return cls(
            f"{subject} differs: {expected} ({expected_by}) != {found} ({found_in}).",
            expected=expected,
            found=found,
        )


class NotFound(CambioError):
    """What was named does not exist."""


class Conflict(CambioError):
    """The state changed underneath: re-read and decide again."""


class NotAllowed(CambioError):
    """The account may not do this: ask somebody who may."""
