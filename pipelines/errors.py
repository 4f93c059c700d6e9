"""What stops the landing of a system. Every message names the system, where it happened, and what to do about it."""

from __future__ import annotations


class LandingError(Exception):
    """A system cannot be landed now. Its `str` is one line of cause, and the remedy; it never contains a secret."""


class DriftError(LandingError):
    """The source no longer has the agreed shape: a column is missing, or a value does not fit its type."""


class AuthError(LandingError):
    """The source does not know us, or does not let us read this."""


class SourceUnavailable(LandingError):
    """The source did not answer, or kept answering with errors, for as long as we are willing to wait."""


class RefusedRequest(LandingError):
    """The source understood the request and will not answer it: asking again would not help."""


class RefusedFile(LandingError):
    """A file is not what the input layer asks for; nothing of it was landed."""
