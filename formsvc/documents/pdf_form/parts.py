"""The parts of a compiled form: what a value means for a field, whatever kind of file it goes to.

A ``TextPart`` lays a text out in each place of its field, a ``ChoicePart`` does so with what is
chosen of a list, and a ``ButtonPart`` finds the state that a value asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, NamedTuple
from unicodedata import is_normalized

from formsvc.cleaning import clean
from formsvc.documents.pdf_form import layout, typeface
from formsvc.documents.pdf_form.fields import Field
from formsvc.documents.pdf_form.layout import Font, Laid
from formsvc.documents.pdf_form.look import Look
from formsvc.documents.pdf_form.standard_font import escaped
from formsvc.errors import AnswersLost, BadTemplate
from formsvc.language import gettext as _

OFF: Final = "Off"
_COMBO, _EDITABLE, _SEVERAL = 1 << 17, 1 << 18, 1 << 21


class Overflow(NamedTuple):
    """A text for the continuation page; the first has number 1 there, and in its reference."""

    field: str
    #: what the field is called in the paper
    label: str
    text: str


class Shown(NamedTuple):
    """A text in one place, and the font it is drawn with; None is the fallback."""

    laid: Laid
    font: Font | None


class Written(NamedTuple):
    """What a field holds, as a PDF value, and how each of its places shows it."""

    value: bytes
    places: Sequence[Shown]
    #: whether one of them is drawn with the fallback
    falls_back: bool = False


def text_string(text: str) -> bytes:
    r"""A text as a PDF string, whatever its letters.

    >>> text_string("Emma (4)"), text_string("Å")
    (b'(Emma \\(4\\))', b'<feff00c5>')
    """
    if text.isascii() and text.isprintable():
        return b"(%s)" % escaped(text.encode())
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()


@dataclass(frozen=True)
class TextPart:
    """A text field."""

    field: Field
    looks: Sequence[Look]
    #: the field's own font; None when that cannot be written with
    font: Font | None
    #: whether the field holds no more than it shows, as in the papers that are archived
    holds_what_it_shows: bool

    def written(self, value: str | bool, overflow: dict[str, Overflow]) -> Written:
        """How a value is held and shown; what has no room is added to the overflow.

        :raises BadTemplate: for a value that is no text.
        """
        if isinstance(value, bool):
            raise _wrong_kind(self.field, "a text", value)
        return self._laid(fit(value), overflow)

    def stored(self, value: str) -> bytes:
        """What the field holds of a text that there is room for, as a PDF value."""
        return text_string(fit(value))

    def worded(self, value: str) -> str:
        """What a reader sees of it."""
        return value

    def as_before(self, value: Any) -> Written:
        """How what the template holds is drawn, where it is drawn in no way that can stay."""
        packed = hasattr(value, "get_data")
        several = value if isinstance(value, list) else [value]
        text = str(value.get_data(), "latin-1") if packed else "\n".join(map(str, several))
        return self._laid(fit(text), {})

    def _laid(self, text: str, overflow: dict[str, Overflow]) -> Written:
        places, held, falls_back, letters = [], text, False, bare(text)
        for look in self.looks:
            laid = layout.fitted(text, look.box, self.font) if self.font else None
            place = Shown(laid, self.font) if laid else self._hard(text, look, overflow)
            places.append(place)
            falls_back = falls_back or place.font is None
            if place.laid.complete:
                self._whole(place.laid, letters)
            elif self.holds_what_it_shows:
                held = place.laid.shown
        return Written(text_string(held), places, falls_back)

    def _whole(self, laid: Laid, letters: str) -> None:
        lines = laid.lines
        drawn = lines[0].text if len(lines) == 1 else "".join([line.text for line in lines])
        if drawn != letters:
            raise AnswersLost(f"The field «{self.field.name}» does not show all of its text.")

    def _hard(self, text: str, look: Look, overflow: dict[str, Overflow]) -> Shown:
        """A text that the field's own font lacks letters for, or that the field has no room for."""
        bare = text.replace("\n", " ").replace("\t", " ")
        font = self.font
        if font is None or not font.draws(bare):
            another = typeface.fallback()
            laid = layout.fitted(text, look.box, another)
            if laid or font is None or another.draws(bare):
                return Shown(laid or self._shortened(text, look, another, overflow), None)
        return Shown(self._shortened(text, look, font, overflow), font)

    def _shortened(self, text: str, look: Look, font: Font, overflow: dict[str, Overflow]) -> Laid:
        """The beginning of a text, and a reference to where all of it stands."""
        field = self.field
        overflow.setdefault(field.name, Overflow(field.name, field.label, text))
        number = list(overflow).index(field.name) + 1
        references = (
            _("… se vedlegg, punkt %(number)s", number=number),
            _("vedlegg %(number)s", number=number),
            f"*{number}",
        )
        return layout.shortened(text, look.box, font, references)


@dataclass(frozen=True)
class ChoicePart(TextPart):
    """A list to choose from: what is stored and what is shown of an option may differ."""

    flags: int = 0

    def written(self, value: str | bool, overflow: dict[str, Overflow]) -> Written:
        """How a choice is held and shown; of several, each stands on a line.

        :raises BadTemplate: naming what there is to choose from.
        """
        if isinstance(value, bool):
            raise _wrong_kind(self.field, "a text", value)
        laid = self._laid(self.worded(value), overflow)
        return laid._replace(value=self.stored(value))

    def stored(self, value: str) -> bytes:
        """The code of what is chosen; of several, a list of them."""
        stored = [text_string(stored) for stored, _shown in self._chosen(value)]
        return b"[%s]" % b" ".join(stored) if len(stored) > 1 else (stored or [b"()"])[0]

    def worded(self, value: str) -> str:
        """The words of what is chosen."""
        return "\n".join(shown for _stored, shown in self._chosen(value))

    def _chosen(self, value: str) -> list[tuple[str, str]]:
        several = self.flags & _SEVERAL and not self.flags & _COMBO
        wanted = value.split("\n") if several else [value]
        return [self._option(one) for one in wanted if one]

    def _option(self, wanted: str) -> tuple[str, str]:
        text = fit(wanted)
        for option in self.field.options:
            if text in option:
                return option
        if self.flags & _COMBO and self.flags & _EDITABLE:
            return text, text
        raise BadTemplate(
            f"The list «{self.field.name}» of the PDF template does not offer «{wanted}»; it has"
            f" {', '.join(shown for _stored, shown in self.field.options)}."
            " Add the option, or choose one of those."
        )


@dataclass(frozen=True)
class ButtonPart:
    """A check box or a radio group."""

    field: Field

    def state(self, value: str | bool) -> str:
        """The state that a value asks for.

        :raises BadTemplate: naming the states that there are.
        """
        field, states = self.field, self.field.states
        if isinstance(value, bool):
            if field.kind == "check":
                return states[0] if value else OFF
            raise _wrong_kind(field, "a code", value)
        wanted = value.removeprefix("/")
        if wanted in ("", OFF):
            return OFF
        if wanted in states:
            return wanted
        exported = [stored for stored, _shown in field.options]
        if wanted in exported[: len(states)]:
            return states[exported.index(wanted)]
        if field.kind == "check":
            raise _wrong_kind(field, "True or False", value)
        raise BadTemplate(
            f"The radio group «{field.name}» of the PDF template has no button «{value}»;"
            f" it has {', '.join(states)}. Add the button, or choose one of those."
        )


Part = TextPart | ButtonPart
#: what fields were decided to hold, by their places in the form: a text, or a button's state
Decided = Mapping[int, Written | str]


def no_such_field(name: str, form: Mapping[str, Any]) -> BadTemplate:
    near = get_close_matches(name, form, n=1)
    hint = f" Did you mean «{near[0]}»?" if near else ""
    return BadTemplate(f"The PDF template has no field «{name}».{hint} Mend its name there.")


def bare(text: str) -> str:
    """The letters of a text as they are drawn: new lines are places, tabs are spaces."""
    if text.isprintable():
        return text
    return text.replace("\n", "").replace("\t", layout.TAB)


def _wrong_kind(field: Field, needs: str, value: str | bool) -> BadTemplate:
    return BadTemplate(
        f"The field «{field.name}» of the PDF template takes {needs}, not {value!r}."
    )


def fit(text: str) -> str:
    """The text as a PDF can hold it; almost every one already is."""
    plain = text.isprintable() and (text.isascii() or is_normalized("NFC", text))
    return text if plain else clean(text).text
