"""Consent to cooperation and exchange of information between services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from formsvc import clock, norway, profile
from formsvc.errors import Problem
from formsvc.forms import people
from formsvc.forms.base import Layout, Section
from formsvc.forms.consent_parts import (
    CHILD_HEARD,
    INFORMATION,
    OF_THE_PARENTS,
    PURPOSES,
    SharingService,
)
from formsvc.forms.consent_signing import SignedConsent
from formsvc.forms.fields import (
    LONGEST_TEXT,
    YES_NO,
    Check,
    Choice,
    Choices,
    Date,
    Group,
    LongText,
    Rows,
    Text,
)
from formsvc.forms.parts import Employee
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


class ConsentForm(SignedConsent):
    """Guardians, and the young person by age, release services from confidentiality."""

    layout: ClassVar[Layout] = (
        Section(
            _l("Hvem samtykket gjelder"),
            ("child", "parental_responsibility", "responsibility_holders"),
        ),
        Section(_l("Hva samtykket gjelder"), ("purposes", "consent_individual_plan")),
        Section(
            _l("Tjenester som kan dele opplysninger"),
            ("services",),
            _l("Samtykket gis til tjenester, aldri til navngitte ansatte."),
        ),
        Section(
            _l("Hvilke opplysninger som kan deles"),
            ("information", "information_other", "exclusions"),
            _l("Bare det som trengs for formålet, skal deles."),
        ),
        Section(_l("Barnets syn"), ("child_heard", "child_heard_note")),
        Section(
            _l("Språk og varighet"),
            (
                *("information_language", "interpreter"),
                *("signed_on", "valid_from", "valid_to", "earlier_paper"),
            ),
        ),
        SignedConsent.ability,
        Section(
            _l("De som skriver under"),
            (
                *("signatories", "power_of_attorney", "guardian_mandate"),
                *("single_signature_reason", "single_signature_note", "staff_decision"),
            ),
        ),
        Section(_l("Den som tar imot samtykket"), ("receiver",)),
    )
    signed = ("signatories",)
    received = "receiver"
    declaration = _l(
        "Jeg har lest og forstått dette skjemaet, og jeg samtykker til at de involverte tjenestene"
        " blir fritatt fra taushetsplikten overfor hverandre, så langt som samtykket gjelder."
    )
    about = _l("Dette må du vite før du skriver under")
    sent_by = "receiver"
    phrases: ClassVar[Mapping[str, str]] = {
        "no_exclusions": _l("Ingenting er unntatt."),
        "other_may_speak": _l("Den andre med foreldreansvar har alltid rett til å uttale seg."),
    }

    purposes = Choices(
        _l("Hva skal samtykket brukes til?"),
        PURPOSES,
        required=_l("Kryss av for minst ett formål med samtykket."),
        example=("cooperation_group",),
    )
    consent_individual_plan = Choice(
        _l("Samtykker du også til at det blir laget en individuell plan?"),
        YES_NO,
        required=_l("Velg om det også er samtykket til at det blir laget en individuell plan."),
        hint=_l("Svar når individuell plan er et av formålene. Dette er et samtykke for seg."),
        asked=lambda form: "individual_plan" in form.purposes.chosen,
        printed=_l("Samtykke til at det blir laget en individuell plan"),
    )
    services = Rows(
        Group(SharingService),
        _l("Tjenester"),
        required=_l("Legg til minst én tjeneste som kan gi eller få opplysninger."),
        row_label=_l("Tjeneste"),
        add_label=_l("Legg til tjeneste"),
        distinct=("service", "name"),
        few=1,
        samples=2,
        printed="",
    )
    information = Choices(
        _l("Hvilke opplysninger kan deles?"),
        INFORMATION,
        example=("learning", "wellbeing"),
    )
    information_other = Text(
        _l("Andre opplysninger"),
        longest=LONGEST_TEXT,
        example={"nb": "Observasjoner fra friminutt", "nn": "Observasjonar frå friminutt"},
    )
    exclusions = LongText(
        _l("Er det noe som ikke skal deles, eller noen det ikke skal deles med?"),
        hint=_l("Det du skriver her, står på alle kopier av samtykket."),
    )
    child_heard = Choice(
        _l("Har barnet fått si sin mening?"),
        CHILD_HEARD,
        hint=_l("Barn som er fylt sju år, og yngre barn som kan, har rett til å bli hørt."),
        asked=lambda form: not form.is_adult(),
        example="yes",
    )
    child_heard_note = LongText(
        _l("Hva mener barnet, eller hvorfor er barnet ikke hørt?"),
        asked=lambda form: not form.is_adult(),
        example={
            "nb": "Ådne vil gjerne at helsesykepleieren er med.",
            "nn": "Ådne vil gjerne at helsesjukepleiaren er med.",
        },
    )
    information_language = Text(_l("Hvilket språk ble informasjonen gitt på?"), example="norsk")
    interpreter = Check(_l("Tolk er brukt"))
    earlier_paper = Check(
        _l("Dette er et eldre samtykke på papir, som blir registrert nå"),
        hint=_l("Da kan sluttdatoen ha vært. Skriv datoene som står i det gamle skjemaet."),
    )
    valid_from = Date(
        _l("Gjelder fra"),
        required=_l("Skriv datoen samtykket gjelder fra."),
        default=lambda: clock.today().isoformat(),
        years=(10, 1),
        called=_l("datoen samtykket gjelder fra"),
    )
    valid_to = Date(
        _l("Gjelder til og med"),
        required=_l("Skriv datoen samtykket gjelder til."),
        default=lambda: _default_end().isoformat(),
        after="valid_from",
    )
    receiver = Group(Employee, _l("Den som tar imot samtykket"))

    @classmethod
    def sample(cls, language: str = "nb") -> dict[str, Any]:
        """One for a child of eleven, signed today, that lasts as long as when none is chosen."""
        answers, today = super().sample(language), clock.today()
        return {
            **answers,
            "child": {**answers["child"], "birth_date": norway.years_after(today, -11).isoformat()},
            "signed_on": today.isoformat(),
            "valid_from": today.isoformat(),
            "valid_to": _default_end().isoformat(),
        }

    # -- rules ------------------------------------------------------------------------------------

    def rules(self) -> None:
        self._services_rules()
        if self.information.is_empty() and self.information_other.is_empty():
            self.information.refuse(
                _("Kryss av for minst én type opplysninger, eller skriv hvilke det gjelder.")
            )
        self._validity_rules()
        self._heard_rules()
        self._signature_rules()

    def _services_rules(self) -> None:
        others = 0
        for row in self.services.filled:
            if not (row.form.collect.data or row.form.share.data):
                row.refuse(
                    _("Kryss av for om tjenesten kan gi eller få opplysninger, eller begge deler.")
                )
            row.form.refuse_nameless()
            name = row.form.name.text or row.form.service.as_read()
            others += not people.same(name, self.receiver.form.service.text)
        if self.services.filled and not others:
            self.services.refuse(
                _("Legg til minst én tjeneste til, utenom den som tar imot samtykket.")
            )

    def _validity_rules(self) -> None:
        start, end, today = self.valid_from.day, self.valid_to.day, clock.today()
        if self.earlier_paper.data and self.signed_on.day == today:
            self.signed_on.refuse(_("Skriv datoen da det eldre samtykket ble underskrevet."))
        if not start or not end:
            return
        limits, case = profile.current().limits, self.case_by_age()
        if end < today and not self.earlier_paper.data:
            self.valid_to.refuse(
                _(
                    "Samtykket er utløpt. Velg en sluttdato som ikke har vært, eller kryss av for"
                    " at dette er et eldre samtykke som blir registrert nå."
                )
            )
        if end > norway.months_after(start, limits.consent_max_months):
            self.valid_to.refuse(
                _(
                    "Samtykket kan gjelde i høyst %(months)s måneder. Velg en tidligere sluttdato.",
                    months=limits.consent_max_months,
                )
            )
        if case and not case.is_adult:
            birthday = norway.birthday(case.birth_date, limits.adult_age)
            if birthday <= end:
                self.valid_to.refuse(
                    _(
                        "Samtykket kan gjelde til dagen før den det gjelder, fyller %(age)s år."
                        " Velg en tidligere sluttdato.",
                        age=limits.adult_age,
                    )
                )

    def _heard_rules(self) -> None:
        case, heard_from = self.case_by_age(), profile.current().limits.heard_from_age
        if case is None or case.is_adult or case.age < heard_from:
            return
        if self.child_heard.is_empty():
            self.child_heard.refuse(
                _(
                    "Velg om barnet har fått si sin mening. Det må vi vite når barnet har fylt"
                    " %(age)s år.",
                    age=heard_from,
                )
            )
        if self.child_heard.code in ("no", "not_able") and self.child_heard_note.is_empty():
            self.child_heard_note.refuse(_("Skriv hvorfor barnet ikke er hørt."))

    # -- advice -----------------------------------------------------------------------------------

    def own_advice(self) -> list[Problem]:
        given = [
            ("consent_individual_plan", self._advice_on_plan()),
            ("information", self._advice_on_information()),
            ("valid_from", self._advice_on_start()),
            ("valid_to", self.says_when_others_sign()),
            ("staff_decision", self.waits()),
        ]
        return [Problem(field, sentence) for field, sentence in given if sentence]

    def _advice_on_plan(self) -> str:
        if not self.consent_individual_plan.is_asked() or self.consent_individual_plan.code != "no":
            return ""
        return _(
            "Uten dette samtykket kan det ikke lages en individuell plan. Opplysningene kan"
            " likevel brukes til å planlegge hjelpen."
        )

    def _advice_on_information(self) -> str:
        """What is mostly the parents' own is not for the young person alone to have shared."""
        case, roles = self.signing_case(), {signer.role for signer in self.signers()}
        if case is None or case.is_adult or roles != {"young_person"}:
            return ""
        if not OF_THE_PARENTS.intersection(self.information.chosen):
            return ""
        return _(
            "Opplysninger om familie, økonomi og bolig er mest foreldrenes egne. De som"
            " opplysningene handler om, må også samtykke. La dem skrive under, eller ta bort"
            " krysset."
        )

    def _advice_on_start(self) -> str:
        start, signed = self.valid_from.day, self.signed_on.day
        if not start or not signed or start >= signed:
            return ""
        return _("Det som ble delt før underskriften, dekker samtykket ikke.")


def _default_end() -> date:
    months = profile.current().limits.consent_months
    return norway.months_after(clock.today(), months) - timedelta(days=1)
