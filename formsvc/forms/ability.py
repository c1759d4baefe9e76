"""Whether a person who is old enough to sign can judge what a paper is about."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from formsvc import profile
from formsvc.forms import signing
from formsvc.forms.base import DocumentForm, Section
from formsvc.forms.fields import TODAY, YES_NO, Choice, Date, Group, LongText, Part, Text
from formsvc.forms.statement import Statement
from formsvc.language import lazy as _l
from formsvc.language import spoken


class Assessor(Part):
    """Who has assessed it."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv hvem som har vurdert det."),
        example="Kari Lunde",
        printed=_l("Vurdert av"),
    )
    title = Text(
        _l("Stilling"),
        required=_l("Skriv stillingen til den som har vurdert det."),
        example="Fastlege",
        printed="",
    )


class AsksAbility(DocumentForm):
    """A paper that the person signs, and others instead where the person cannot judge it.

    The law takes it that whoever is old enough can judge it; that somebody cannot is assessed, and
    the paper says by whom, when and why (pasient- og brukerrettighetsloven § 4-3).
    """

    #: the questions, for the layout of a paper
    ability: ClassVar[Section] = Section(
        _l("Om personen selv kan vurdere dette"),
        ("signing_ability", "assessed_by", "assessed_on", "ability_reason"),
        _l("Svar når den det gjelder, er gammel nok til å skrive under selv."),
    )

    signing_ability = Choice(
        _l("Kan personen selv vurdere hva dette gjelder?"),
        YES_NO,
        required=_l("Velg om personen selv kan vurdere hva dette gjelder."),
        hint=_l("Svar nei bare når personen åpenbart ikke kan forstå hva det gjelder."),
        asked=lambda form: form.asks_ability(),
    )
    assessed_by = Group(
        Assessor,
        _l("Hvem har vurdert det?"),
        asked=lambda form: form.cannot_judge(),
        one_line=True,
        printed=_l("Vurdert av"),
    )
    assessed_on = Date(
        _l("Når ble det vurdert?"),
        required=_l("Skriv datoen da det ble vurdert."),
        asked=lambda form: form.cannot_judge(),
        not_after=TODAY,
        years=(5, 0),
        printed=_l("Dato for vurderingen"),
    )
    ability_reason = LongText(
        _l("Hvorfor kan personen ikke vurdere det?"),
        required=_l("Skriv hvorfor personen ikke selv kan vurdere hva dette gjelder."),
        asked=lambda form: form.cannot_judge(),
        printed=_l("Grunn til vurderingen"),
    )
    signed_instead = Statement(
        _l("Hvem som skriver under i stedet"), lambda form: form.says_who_signs_instead()
    )

    def case_by_age(self) -> signing.Case | None:
        """What decides who signs, as if everybody could judge it; None until it is known."""
        raise NotImplementedError

    def signing_case(self) -> signing.Case | None:
        """What decides who signs; None until it is known."""
        case = self.case_by_age()
        return case and replace(case, can_judge=not self.cannot_judge())

    def asks_ability(self) -> bool:
        """Whether the person is old enough to sign, so that it matters."""
        case = self.case_by_age()
        return case is not None and case.asks_ability

    def cannot_judge(self) -> bool:
        """Whether others sign instead, since the person cannot judge it."""
        return self.signing_ability.code == "no" and self.asks_ability()

    def says_who_signs_instead(self) -> str:
        """The sentence for the paper, with the law behind it, which the profile dates."""
        case = self.signing_case()
        if case is None or case.can_judge:
            return ""
        key = "signed_instead_adult" if case.is_adult else "signed_instead_child"
        return " ".join(profile.current().text(f"consent.{key}", spoken()))
