"""What can go wrong, named for what happened; each error's text holds the mend."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to mend in a paper: where it is, and a sentence that says what to do."""

    #: dotted path in the answers, such as ``measures.0.deadline``; "" for the paper as a whole
    field: str
    message: str


class Fault(NamedTuple):
    """One thing that is wrong with a template, for the one who made it."""

    #: where in the file: ``word/header1.xml`` in Word; "" for the file as a whole
    part: str
    #: the words of the paragraph, or the name of the field; "" where there are none
    where: str
    #: a sentence that says what is wrong and how to mend it
    message: str
    #: False for advice: the template may be used as it is
    refuses: bool = True

    def told(self) -> str:
        """The sentence, with the words that it is about."""
        return f"«{self.where}»: {self.message}" if self.where else self.message


class FormsvcError(Exception):
    """The root: an error whose text may be shown to the one who caused it."""

    #: HTTP status when the error reaches a page or the API
    status = 500


class InvalidAnswers(FormsvcError):
    """The answers break rules of the paper; ``problems`` names them all."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{p.field}: {p.message}" for p in problems))


class UnreadableRows(FormsvcError):
    """A file of rows cannot be read as one, or has columns that the paper does not know."""

    status = 422


class BatchStopped(FormsvcError):
    """A batch cannot go on; what it has made stays, and the next run goes on from there."""


class UnknownKind(FormsvcError):
    """There is no paper with that name."""

    status = 404


class NoSuchFormat(FormsvcError):
    """The paper does not come in that format."""

    status = 404


class MissingLibrary(FormsvcError):
    """A system library that PDFs need is not installed."""

    status = 503


class DocumentFailed(FormsvcError):
    """A document could not be made, and none was released."""


class MissingResource(DocumentFailed):
    """A document asked for a picture, font or file that it may not have, or that is not there."""


class AnswersLost(DocumentFailed):
    """The finished document does not hold every answer that was given."""


class FormChanged(DocumentFailed):
    """A stored paper has answers that today's form has no place for; the text names the fields."""


class BadTemplate(DocumentFailed):
    """A template cannot be read or names something that the paper does not have."""

    #: no paper is made before whoever runs the service has mended it
    status = 503


class FaultyTemplate(BadTemplate):
    """A template was looked through and may not be used; ``faults`` names all there is to mend."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(fault.told() for fault in faults))


class NotAllowed(FormsvcError):
    """The one who asks may not see or do this."""

    status = 403


class NotFound(FormsvcError):
    """There is nothing here, or nothing that this person may know of."""

    status = 404


class Conflict(FormsvcError):
    """Somebody else has saved the same paper since it was opened."""

    status = 409


class MissingSetting(FormsvcError):
    """The service refuses to start before a setting is given."""
