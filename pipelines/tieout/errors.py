"""What a person is told when something stops: what happened, where, and what to do about it."""

from __future__ import annotations

from tieout.safe_text import hide


class TieoutError(Exception):
    """A failure that a person can act on.

    Args:
        cause: what happened, naming the system, file, table, row or test. A secret in it is hidden here: no message
            has to think of it.
        remedy: what to do next, where the cause does not say it already.
    """

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = hide(cause)
        self.remedy = hide(remedy)
        super().__init__(self.cause)


class LandingError(TieoutError):
    """A system cannot be landed now. Its `str` is one line of cause, and the remedy; it never
    contains a secret."""


class DriftError(LandingError):
    """The source no longer has the agreed shape: a column is missing, or a value does not fit its
    type."""


class AuthError(LandingError):
    """The source does not know us, or does not let us read this."""


class SourceUnavailable(LandingError):
    """The source did not answer, or kept answering with errors, for as long as we are willing to
    wait."""


class RefusedRequest(LandingError):
    """The source understood the request and will not answer it: asking again would not help."""


class RefusedFile(LandingError):
    """A file is not what the input layer asks for; nothing of it was landed."""


class InUse(LandingError):
    """Another command writes into this warehouse."""
