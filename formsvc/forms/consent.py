"""Consent to cooperation and exchange of information between services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from formsvc import clock, norway, profile
from formsvc.forms import signing
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import (
    LONGEST_TEXT,
    Check,
    Choice,
    Choices,
    Date,
    Email,
    Group,
    LongText,
    Part,
    Phone,
    Rows,
    Text,
)
from formsvc.forms.parts import Child, Employee, Signature, same_name
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

PURPOSES = {
    "interdisciplinary_meeting": _l("Tverrfaglig møte"),
    "cooperation_group": _l("Samarbeidsgruppe"),
    "responsibility_group": _l("Ansvarsgruppe"),
    "individual_plan": _l("Individuell plan"),
    "relay_log": _l("Stafettlogg"),
    "agencies_meeting": _l("Instansmøte, der familien ikke er med"),
    "transition": _l("Overgang til ny barnehage, skole eller tjeneste"),
    "consultation_team": _l("Konsultasjonsteam"),
}
INFORMATION = {
    "health": _l("Helse"),
    "learning": _l("Læring og utvikling"),
    "wellbeing": _l("Trivsel og vennskap"),
    "family": _l("Familie og hjem"),
    "leisure": _l("Fritid"),
    "economy": _l("Økonomi"),
    "housing": _l("Bolig"),
}
RESPONSIBILITY = {
    "joint": _l("Felles foreldreansvar"),
    "mother": _l("Mor alene"),
    "father": _l("Far alene"),
    "co_mother": _l("Medmor alene"),
    "other": _l("Andre"),
    "child_welfare": _l("Barnevernstjenesten har omsorgen"),
    "none": _l("Ingen: personen er myndig"),
}
SINGLE_SIGNATURE_REASONS = {
    "sole_daily_care": _l("Det gjelder daglig omsorg, og barnet bor hos den som signerer"),
    "necessary_health_help": _l("Barnet trenger nødvendig helsehjelp"),
    "cannot_be_reached": _l("Den andre kan ikke nås"),
    "other": _l("Annen grunn"),
}
CHILD_HEARD = {
    "yes": _l("Ja"),
    "no": _l("Nei"),
    "not_able": _l("Barnet kan ikke gi uttrykk for egne synspunkter"),
}


class ConsentChild(Child):
    """The child, with its school or kindergarten."""

    unit = Text(
        _l("Barnehage eller skole"),
        hint=_l("Skriv også trinn eller avdeling."),
        example="Heidal skole, 6. trinn",
    )


class SharingService(Part):
    """A service, and which way information may go."""

    service = Choice(
        _l("Tjeneste"),
        lambda: profile.current().services(spoken()),
        required=_l("Velg hvilken tjeneste samtykket gjelder."),
        example=("school", "ppt"),
    )
    name = Text(
        _l("Navn på tjenesten"),
        hint=_l("Skriv navnet på tjenesten, ikke på en ansatt."),
        example=("Heidal skole", "PPT Nord-Gudbrandsdal"),
    )
    collect = Check(_l("Kan gi opplysninger"), example=True)
    share = Check(_l("Kan få opplysninger"), example=True)


class ConsentSignatory(Signature):
    """One who signs, and where the paper can be sent."""

    email = Email(_l("E-post"), example="jon.ovrelid@eksempel.no", printed="")
    phone = Phone(_l("Telefon"), example="+4748765432", printed="")


class ConsentForm(DocumentForm):
    """Guardians, and the young person by age, release services from confidentiality."""

    layout: ClassVar[Layout] = (
        Section(_l("Barnet"), ("child", "parental_responsibility")),
        Section(_l("Hva samtykket gjelder"), ("purposes",)),
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
            ("information_language", "interpreter", "valid_from", "valid_to"),
        ),
        Section(_l("Den som tar imot samtykket"), ("receiver",)),
        Section(_l("De som signerer"), ("signatories", "single_signature_reason")),
    )
    signed = ("signatories",)
    declaration = _l(
        "Jeg/vi samtykker til at tjenestene i skjemaet kan utveksle opplysninger"
        " til formålene som står der."
    )
    about = _l("Dette må du vite før du skriver under")
    sent_by = "receiver"
    phrases: ClassVar[Mapping[str, str]] = {"no_exclusions": _l("Ingen unntak.")}

    child = Group(ConsentChild, _l("Barnet"))
    parental_responsibility = Choice(
        _l("Hvem har foreldreansvar?"),
        RESPONSIBILITY,
        required=_l("Velg hvem som har foreldreansvar."),
        example="mother",
    )
    purposes = Choices(
        _l("Hva skal samtykket brukes til?"),
        PURPOSES,
        required=_l("Kryss av for minst ett formål med samtykket."),
        example=("cooperation_group",),
    )
    services = Rows(
        Group(SharingService),
        _l("Tjenester"),
        required=_l("Legg til minst én tjeneste som kan gi eller få opplysninger."),
        row_label=_l("Tjeneste"),
        add_label=_l("Legg til tjeneste"),
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
        _l("Andre opplysninger"), longest=LONGEST_TEXT, example="Observasjoner fra friminutt"
    )
    exclusions = LongText(
        _l("Er det noe som ikke skal deles, eller noen det ikke skal deles med?"),
        hint=_l("Det du skriver her, står på alle kopier av samtykket."),
    )
    child_heard = Choice(
        _l("Har barnet fått si sin mening?"),
        CHILD_HEARD,
        hint=_l("Barn som er fylt sju år, og yngre barn som kan, har rett til å bli hørt."),
        example="yes",
    )
    child_heard_note = LongText(
        _l("Hva mener barnet, eller hvorfor er barnet ikke hørt?"),
        example="Ådne vil gjerne at helsesykepleieren er med.",
    )
    information_language = Text(_l("Hvilket språk ble informasjonen gitt på?"), example="norsk")
    interpreter = Check(_l("Tolk er brukt"))
    valid_from = Date(
        _l("Gjelder fra"),
        required=_l("Skriv datoen samtykket gjelder fra."),
        default=lambda: clock.today().isoformat(),
        example="2026-11-20",
    )
    valid_to = Date(
        _l("Gjelder til"),
        required=_l("Skriv datoen samtykket gjelder til."),
        default=lambda: _default_end().isoformat(),
        example="2027-11-19",
    )
    receiver = Group(Employee, _l("Den som tar imot samtykket"))
    signatories = Rows(
        Group(ConsentSignatory),
        _l("De som signerer"),
        required=_l("Skriv hvem som skal signere samtykket."),
        row_label=_l("Underskrift"),
        add_label=_l("Legg til en som signerer"),
        few=1,
        printed="",
    )
    single_signature_reason = Choice(
        _l("Hvorfor signerer bare én?"),
        SINGLE_SIGNATURE_REASONS,
        hint=_l("Svar bare når foreldreansvaret er felles og én foresatt signerer."),
    )

    def rules(self) -> None:
        self._services_rules()
        if self.information.is_empty() and self.information_other.is_empty():
            self.information.refuse(
                _("Kryss av for minst én type opplysninger, eller skriv hvilke det gjelder.")
            )
        self._validity_rules()
        self._age_rules()

    def _services_rules(self) -> None:
        others = 0
        for row in self.services.filled:
            if not (row.form.collect.data or row.form.share.data):
                row.refuse(
                    _("Kryss av for om tjenesten kan gi eller få opplysninger, eller begge.")
                )
            if row.form.service.code == "other" and row.form.name.is_empty():
                row.form.name.refuse(_("Skriv navnet på tjenesten."))
            name = row.form.name.text or row.form.service.words()
            others += not same_name(name, self.receiver.form.service.text)
        if self.services.filled and not others:
            self.services.refuse(
                _("Legg til minst én tjeneste til, utenom den som tar imot samtykket.")
            )

    def _validity_rules(self) -> None:
        start, end = self.valid_from.day, self.valid_to.day
        if not start or not end:
            return
        limits = profile.current().limits
        born = self.child.form.birth_date.day
        birthday = norway.birthday(born, limits.adult_age) if born else None
        if end <= start:
            self.valid_to.refuse(_("Sluttdatoen må være etter datoen samtykket gjelder fra."))
        elif end > norway.months_after(start, limits.consent_max_months):
            self.valid_to.refuse(
                _(
                    "Samtykket kan gjelde i høyst %(months)s måneder. Velg en tidligere sluttdato.",
                    months=limits.consent_max_months,
                )
            )
        elif birthday and start < birthday <= end:
            self.valid_to.refuse(
                _(
                    "Samtykket kan gjelde til dagen før barnet fyller %(age)s år."
                    " Velg en tidligere sluttdato.",
                    age=limits.adult_age,
                )
            )

    def _age_rules(self) -> None:
        born, day = self.child.form.birth_date.day, self.valid_from.day
        if not born or not day:
            return
        if born > day:
            self.child.form.birth_date.refuse(
                _("Fødselsdatoen kan ikke være etter at samtykket gjelder fra.")
            )
            return
        age, limits = norway.age_on(born, day), profile.current().limits
        if self.child_heard.is_empty() and age >= limits.heard_from_age:
            self.child_heard.refuse(
                _(
                    "Velg om barnet har fått si sin mening. Det må vi vite når barnet har fylt"
                    " %(age)s år.",
                    age=limits.heard_from_age,
                )
            )
        if self.parental_responsibility.code == "none" and age < limits.adult_age:
            self.parental_responsibility.refuse(
                _(
                    "Velg hvem som har foreldreansvar: barnet er under %(age)s år.",
                    age=limits.adult_age,
                )
            )
        self._signature_rules(born, day)

    def _signature_rules(self, born: date, day: date) -> None:
        signers = [
            signing.Signer(row.form.name.text, row.form.role.code)
            for row in self.signatories.filled
        ]
        if not signers:
            return
        responsibility = self.parental_responsibility.code
        case = signing.Case(
            born,
            day,
            name=self.child.form.name.text,
            purposes=self.purposes.chosen,
            responsibility=responsibility,
            holders=2 if responsibility == "joint" else 1,
        )
        for number, sentence in case.misplaced(signers):
            self.signatories.filled[number].refuse(sentence)
        if case.is_one_of_two(signers):
            if self.single_signature_reason.is_empty():
                self.single_signature_reason.refuse(
                    _(
                        "Foreldreansvaret er felles. Legg til den andre som skal signere,"
                        " eller velg hvorfor bare én signerer."
                    )
                )
                return
            case = replace(case, holders=1)
        sentence = case.missing(signers)
        if sentence:
            self.signatories.refuse(sentence)


def _default_end() -> date:
    months = profile.current().limits.consent_months
    return norway.months_after(clock.today(), months) - timedelta(days=1)
