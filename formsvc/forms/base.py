"""What every paper's form is: sections in reading order, rules, and answers as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, ClassVar, Self, final

from formsvc import clock, norway, profile
from formsvc.errors import FormChanged, Problem
from formsvc.forms import house_rules, versions
from formsvc.forms.fields import (
    AnswerField,
    Choice,
    Date,
    Group,
    Leftover,
    Schema,
    Text,
    Typed,
    object_schema,
    typed_from,
)
from formsvc.forms.layout import Layout, Ordered, Section
from formsvc.language import PAPER_LANGUAGES, ngettext, speaking, spoken
from formsvc.language import lazy as _l

__all__ = ["DocumentForm", "Layout", "Section"]

PAPER_LANGUAGE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk"}


class _Submitted(dict[str, list[str]]):
    """What WTForms asks of submitted data; Werkzeug's own class would load its web server too."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


def _language_of_the_reader() -> str:
    return spoken() if spoken() in PAPER_LANGUAGES else PAPER_LANGUAGES[0]


class DocumentForm(Ordered):
    """The form of one paper. A paper is a class like this, in a file of its own.

    Fields are class attributes; their names are the keys of the answers, the API and the
    placeholders of the templates. What one field demands stands at the field (``required=``);
    what several demand together stands in ``rules``.
    """

    #: what it is called, where the municipality's profile has no title for it
    title: ClassVar[str] = ""
    #: whether documents are made of it, whose fonts do not have the letters of every script
    printed: ClassVar[bool] = True
    #: the group that names whom it is about, where it has that group
    whom: ClassVar[str] = "child"
    #: the group that names who sends its papers, or receives them: the service of that person
    #: stands in the letterhead
    sent_by: ClassVar[str] = ""
    #: the office of the profile that they are addressed to
    addressed_to: ClassVar[str] = ""
    #: the answer that is the day of the letter
    dated: ClassVar[str] = ""
    #: whether they end with a greeting from the one who sends them
    greets: ClassVar[bool] = False
    #: the rows of those who sign its papers, or the groups that name each of them
    signed: ClassVar[tuple[str, ...]] = ()
    #: the group that names who receives them and signs for that; "" where nobody does
    received: ClassVar[str] = ""
    #: what they declare, printed right above their names
    declaration: ClassVar[str] = ""
    #: the heading of the municipality's texts on its papers
    about: ClassVar[str] = _l("Godt å vite")
    #: an earlier name of an answer, such as ``measures.who`` → the sentence that names today's
    moved: ClassVar[Mapping[str, str]] = {}
    #: what else its papers say word for word, by names that their templates use
    phrases: ClassVar[Mapping[str, str]] = {}

    language = Choice(
        _l("Språk i dokumentet"),
        PAPER_LANGUAGE_NAMES,
        required=_l("Velg hvilket språk dokumentet skal skrives på."),
        default=_language_of_the_reader,
        example="nb",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what plain answers held that no field takes
        self.misfits: list[Problem] = []

    @property
    def concern(self) -> profile.Concern:
        """Whom it speaks of: what the municipality says to them on the paper follows from it."""
        adult_age = profile.current().limits.adult_age
        ages = [norway.age_on(born, clock.today()) for born in self._born()]
        return "adult" if any(age >= adult_age for age in ages) else "child"

    def _born(self) -> Iterator[date]:
        """The birthday of whom it is about, where it asks for one and has got it."""
        for group in self:
            for field in group.fields if isinstance(group, Group) else ():
                asked = (group.short_name, field.short_name) == (self.whom, "birth_date")
                if asked and isinstance(field, Date) and field.day:
                    yield field.day

    # -- in ---------------------------------------------------------------------------------

    @classmethod
    def from_typed(cls, typed: Mapping[str, Sequence[str]] | None) -> Self:
        """The form with what a person typed on a page or left in a draft.

        What was typed into a field that the form has no longer is a leftover, to be moved.
        """
        given = {name: list(texts) for name, texts in (typed or {}).items()}
        known = _names(cls)
        placed = {n: texts for n, texts in given.items() if versions.of_any_row(n) in known}
        form = cls(_Submitted(placed))
        unplaced = ((n, "\n".join(texts)) for n, texts in given.items() if n not in placed)
        form.leftovers = [Leftover.of(form, n, text) for n, text in unplaced if text.strip()]
        return form

    @classmethod
    def from_answers(cls, answers: Mapping[str, object]) -> Self:
        """The form with plain answers, as from a file or the API.

        An answer under a name that the paper does not have, or of the wrong shape, becomes a
        problem like any other; the language of the paper is bokmål where none is given.
        """
        misfits: list[Problem] = []
        given = {"language": PAPER_LANGUAGES[0], **answers}
        form = cls.from_typed(typed_from(list(_shape(cls)), given, misfits))
        form.misfits = [
            misfit._replace(message=cls.renamed(misfit.field) or misfit.message)
            for misfit in misfits
        ]
        return form

    @classmethod
    def renamed(cls, path: str) -> str:
        """The sentence that names today's name of an answer that had this path, or ""."""
        name = re.sub(r"\.[0-9]+(?=\.|$)", "", path)
        while name and name not in cls.moved:
            name = name.rpartition(".")[0]
        return str(cls.moved.get(name, ""))

    @classmethod
    def from_stored(cls, answers: Mapping[str, Any]) -> Self:
        """The form of a paper that was issued, with the rules of its day.

        :raises FormChanged: when today's form has no place for one of its answers.
        """
        form = cls.from_answers(answers)
        unplaced = [misfit.field for misfit in form.misfits]
        unplaced += [leaf.path for leaf in form.leaves() if leaf.is_unknown()]
        if unplaced := unplaced or [*versions.lost(answers, form.answers())]:
            raise FormChanged(", ".join(unplaced))
        return form

    # -- rules ------------------------------------------------------------------------------

    def rules(self) -> None:
        """Rules that concern several fields: ``self.<field>.refuse(sentence)`` where one breaks."""

    @final
    def advice(self) -> list[Problem]:
        """What a good paper would have done otherwise: shown, never refused."""
        return [*house_rules.advice(self.leaves()), *self.own_advice()]

    def own_advice(self) -> list[Problem]:
        """What a good paper of this kind would have done otherwise."""
        return []

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether the paper may be issued; ``problems`` then names everything there is to mend.

        While a text is longer than its field takes, the rules wait: what they would say of it is
        not to be trusted, and megabytes are not to be compared with every row.
        """
        super().validate(extra_validators)
        if self.printed:
            house_rules.refuse_missing_letters(self.leaves())
        if not any(isinstance(leaf, Text) and leaf.is_too_long() for leaf in self.leaves()):
            self.rules()
        # after the rules: what an anonymous paper says of such a number is nearer the matter
        house_rules.refuse_identity_numbers(self.leaves())
        return not self.problems()

    def problems(self) -> list[Problem]:
        """Everything to mend, in reading order; where the shape is wrong, that comes first."""
        wrong = tuple(f"{misfit.field}." for misfit in self.misfits)
        own = (problem for problem, _id in self.problem_ids())
        return self.misfits + [p for p in own if not f"{p.field}.".startswith(wrong)]

    def problem_ids(self) -> Iterator[tuple[Problem, str]]:
        """Each problem with the id of its control."""
        for field in (*self.leftovers, *self.in_reading_order()):
            yield from field.problems()

    def notices(self) -> list[Problem]:
        """Where characters that cannot be printed were replaced by �, in reading order."""
        return [
            Problem(
                leaf.path,
                ngettext(
                    "Ett tegn kunne ikke brukes og er byttet ut med �. Se over teksten.",
                    "%(n)s tegn kunne ikke brukes og er byttet ut med �. Se over teksten.",
                    leaf.replaced,
                ),
            )
            for leaf in self.leaves()
            if leaf.replaced
        ]

    def waits(self) -> str:
        """Why a finished paper is not valid yet, in a sentence; "" where it waits for nothing."""
        return ""

    def unsaid(self) -> frozenset[str]:
        """The keys of the municipality's texts that do not stand on this paper of the kind."""
        return frozenset()

    @property
    def ruled_on(self) -> date:
        """The day whose age rules it is judged by."""
        return clock.today()

    # -- out --------------------------------------------------------------------------------

    @property
    def paper_language(self) -> str:
        """The language that the paper is written in."""
        code = str(self.language.data or "")
        return code if code in PAPER_LANGUAGES else PAPER_LANGUAGES[0]

    def answers(self) -> dict[str, Any]:
        """The answers as plain data, under the names of the fields."""
        return {field.short_name: field.answer() for field in self}

    def codes(self) -> dict[str, Any]:
        """The answers as plain data, without those that stand on no paper."""
        return {field.short_name: field.answer_where(AnswerField.is_printed) for field in self}

    def words(self) -> dict[str, Any]:
        """The answers as a reader reads them, in the paper's language: what documents print."""
        with speaking(self.paper_language):
            return {field.short_name: field.words() for field in self}

    def typed(self) -> Typed:
        """What was typed, to be kept in a draft and shown again."""
        fields = (*self, *self.leftovers)
        return {name: texts for field in fields for name, texts in field.typed().items()}

    @classmethod
    def concerns(cls, answers: Mapping[str, Any]) -> str:
        """The name of whom a paper is about, of its answers; "" where it names nobody."""
        group = answers.get(cls.whom) or {}
        return str(group.get("name") or "")

    @classmethod
    def concerns_typed(cls, typed: Mapping[str, Sequence[str]]) -> str:
        """The name of whom a draft is about, of what is typed in it so far."""
        return "".join(typed.get(f"{cls.whom}-name", ()))

    @classmethod
    def who_sends(cls, words: Mapping[str, Any]) -> Mapping[str, Any]:
        """The one who sends the paper or receives it, of its answers in words; {} for nobody."""
        return words.get(cls.sent_by) or {}

    # -- what the fields know of themselves ---------------------------------------------------

    @classmethod
    def sample(cls, language: str = "nb") -> dict[str, Any]:
        """A valid set of answers, made by the fields themselves."""
        with speaking(language):
            answers = {field.short_name: field.sample() for field in _shape(cls)}
            form = cls.from_answers({**answers, "language": language})
            return {field.short_name: field.answer_where(AnswerField.is_asked) for field in form}

    @classmethod
    def version(cls) -> str:
        """What tells this form from an earlier one that asked otherwise: 12 hexadecimal digits.

        Another one when a field comes, goes, or becomes of another kind; the same when a word of
        it, a rule or the profile changes.
        """
        return versions.version(_shape(cls))

    @classmethod
    def schema(cls) -> Schema:
        """JSON Schema of the answers. The rules between fields are not in it."""
        answers = object_schema(list(_shape(cls)))
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **answers,
            "required": [name for name in answers["required"] if name != "language"],
        }


@cache
def _shape(form_class: type[DocumentForm]) -> DocumentForm:
    """An empty form of a class, asked only what its fields are."""
    return form_class()


@cache
def _names(form_class: type[DocumentForm]) -> frozenset[str]:
    return versions.names(_shape(form_class))
