"""The register of the papers: one literal, in the order of the menu; all else derives from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from formsvc import profile
from formsvc.errors import UnknownKind
from formsvc.formats import Format
from formsvc.forms.action_plan import ActionPlanForm
from formsvc.forms.base import DocumentForm
from formsvc.forms.consent import ConsentForm
from formsvc.forms.consent_withdrawal import ConsentWithdrawalForm
from formsvc.forms.evaluation import EvaluationForm
from formsvc.forms.invitation import InvitationForm
from formsvc.forms.ip_application import IpApplicationForm
from formsvc.forms.ke_coordinator_changed import KeCoordinatorChangedForm
from formsvc.forms.ke_group_created import KeGroupCreatedForm
from formsvc.forms.ke_group_dissolved import KeGroupDissolvedForm
from formsvc.forms.ke_ip_declined import KeIpDeclinedForm
from formsvc.forms.minutes import MinutesForm
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import speaking

#: whom a finished paper is sent to; "" for one that goes to no office of the service's own
Receiver = Literal["", "ke"]

#: what one wants to do: the headings of the start page
GROUPS: Final[Mapping[str, str]] = {
    "consent": _l("Samtykke"),
    "plan": _l("Individuell plan og koordinator"),
    "ke": _l("Melde fra til koordinerende enhet"),
    "meeting": _l("Møter og oppfølging"),
    "evaluation": _l("Evaluering"),
}

_WORD_AND_PDF: Final[tuple[Format, ...]] = ("docx", "pdf")
_ALL_FORMATS: Final[tuple[Format, ...]] = ("docx", "pdf", "fillable", "flattened")


@dataclass(frozen=True)
class Kind:
    """One kind of paper."""

    #: its name in addresses, files and templates
    slug: str
    form: type[DocumentForm]
    #: the key of its heading in ``GROUPS``
    group: str
    #: the letter that its references begin with; "" for one that is only counted
    prefix: str
    #: what it can be had as; none for one that is only counted
    formats: tuple[Format, ...] = _WORD_AND_PDF
    #: who gets it to read and act on when it is issued
    receiver: Receiver = ""

    def title(self, language: str, on: date | None = None) -> str:
        """What the municipality calls it on a day (today); what its form does, where it doesn't."""
        try:
            return profile.current().title(self.slug, language, on)
        except profile.NotInProfile:
            with speaking(language):
                return str(self.form.title) or self.slug

    @property
    def counted(self) -> bool:
        """Whether it is answered without a name and counted: no draft, no paper, no document."""
        return not self.formats

    @property
    def kept(self) -> tuple[Format, ...]:
        """The formats that are made and kept when the paper is issued."""
        return tuple(wanted for wanted in self.formats if wanted != "flattened")


KINDS: Final[tuple[Kind, ...]] = (
    Kind("consent", ConsentForm, "consent", "S", _ALL_FORMATS),
    Kind("consent_withdrawal", ConsentWithdrawalForm, "consent", "T"),
    Kind("ip_application", IpApplicationForm, "plan", "P", _ALL_FORMATS, receiver="ke"),
    Kind("ke_group_created", KeGroupCreatedForm, "ke", "K", receiver="ke"),
    Kind("ke_group_dissolved", KeGroupDissolvedForm, "ke", "K", receiver="ke"),
    Kind("ke_coordinator_changed", KeCoordinatorChangedForm, "ke", "K", receiver="ke"),
    Kind("ke_ip_declined", KeIpDeclinedForm, "ke", "K", receiver="ke"),
    Kind("invitation", InvitationForm, "meeting", "I"),
    Kind("minutes", MinutesForm, "meeting", "R"),
    Kind("action_plan", ActionPlanForm, "meeting", "H"),
    Kind("evaluation", EvaluationForm, "evaluation", "", ()),
)

_BY_SLUG: Final = {kind.slug: kind for kind in KINDS}


def demand_read(held: profile.Profile) -> None:
    """Refuse a profile that says something of a paper that there is not: nobody would read it.

    :raises InvalidProfile: naming the key and the nearest paper.
    """
    texts = [group for group in held.resources if group != profile.PAGES]
    for table, keys in (
        ("titles", held.titles),
        ("legal", held.references),
        ("texts", texts),
        ("headings", held.all_headings),
    ):
        profile.refuse_unread(table, keys, _BY_SLUG)


def find(slug: str) -> Kind:
    """The kind of that name.

    :raises UnknownKind: with the names there are.
    """
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise UnknownKind(
            _(
                "Det finnes ikke noe skjema som heter «%(slug)s». Velg blant: %(slugs)s.",
                slug=slug,
                slugs=", ".join(_BY_SLUG),
            )
        ) from None
