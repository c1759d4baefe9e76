"""Application for an individual plan, a coordinator, a child coordinator or a group."""

from __future__ import annotations

import datetime
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
    NationalId,
    Part,
    Phone,
    PostalCode,
    Rows,
    Text,
)
from formsvc.forms.parts import signatures
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

REQUESTS = {
    "individual_plan": _l("Individuell plan"),
    "coordinator": _l("Koordinator"),
    "child_coordinator": _l("Barnekoordinator"),
    "responsibility_group": _l("Ansvarsgruppe"),
}
RELATIONS = {
    "mother": _l("Mor"),
    "father": _l("Far"),
    "co_mother": _l("Medmor"),
    "guardian": _l("Verge"),
    "foster_parent": _l("Fosterforelder"),
    "child_welfare": _l("Barnevernstjenesten"),
    "other": _l("Andre"),
}
SENDER_ROLES = {
    "self": _l("Den det gjelder"),
    "guardian": _l("Foresatt"),
    "next_of_kin": _l("Pårørende med fullmakt"),
    "proxy": _l("Fullmektig"),
    "employee": _l("Ansatt"),
}
LIFE_AREAS = {
    "home": _l("Hjem og bolig"),
    "school": _l("Barnehage og skole"),
    "health": _l("Helse"),
    "leisure": _l("Fritid"),
    "work": _l("Arbeid"),
    "economy": _l("Økonomi"),
}
EXISTING_PLANS = {
    "relay_log": _l("Stafettlogg"),
    "individual_education_plan": _l("Individuell opplæringsplan"),
    "responsibility_group": _l("Ansvarsgruppe"),
    "child_welfare_plan": _l("Plan fra barnevernstjenesten"),
    "individual_plan": _l("Individuell plan"),
    "other": _l("Annen plan"),
}


class Person(Part):
    """The one who needs help. An unborn child has no name yet."""

    name = Text(_l("Navn"), example="Emma Čáhci-Bakken")
    birth_date = Date(_l("Fødselsdato"), example="2011-01-19")
    has_national_id = Check(
        _l("Fødselsnummeret trengs for å behandle søknaden"),
        hint=_l("Kryss av bare når fødselsdatoen ikke er nok."),
        printed="",
    )
    national_id = NationalId(_l("Fødselsnummer"), hint=_l("Elleve siffer."))
    address = Text(_l("Adresse"), example="Storgata 12")
    postal_code = PostalCode(_l("Postnummer"), example="2670", printed="")
    city = Text(_l("Poststed"), example="Otta", printed="")
    phone = Phone(_l("Telefon"), example="+4790909090")
    email = Email(_l("E-post"))
    language = Text(_l("Språk"), example="nordsamisk")
    interpreter = Check(_l("Trenger tolk"))


class GuardianContact(Part):
    """A guardian and how to reach them."""

    name = Text(_l("Navn"), required=_l("Skriv navnet på den foresatte."), example="Máret Čáhci")
    relation = Choice(
        _l("Relasjon"),
        RELATIONS,
        required=_l("Velg hvilken relasjon den foresatte har."),
        example="mother",
    )
    parental_responsibility = Check(_l("Har foreldreansvar"), example=True)
    phone = Phone(_l("Telefon"), example="+4741234567")
    email = Email(_l("E-post"), example="maret.cahci@eksempel.no")


class Sender(Part):
    """The one who sends the application."""

    role = Choice(
        _l("Hvem sender søknaden?"),
        SENDER_ROLES,
        required=_l("Velg hvem som sender søknaden."),
        example="employee",
    )
    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som sender."),
        example="Torbjørn Aas",
    )
    title = Text(
        _l("Stilling"),
        hint=_l("Når en ansatt sender søknaden."),
        example="Helsesykepleier",
        printed="",
    )
    service = Text(
        _l("Tjeneste"),
        hint=_l("Når en ansatt sender søknaden."),
        example="Helsestasjonen",
        printed="",
    )
    phone = Phone(_l("Telefon"), example="+4761700000", printed="")
    email = Email(_l("E-post"), example="torbjorn.aas@eksempel.no", printed="")


class CurrentService(Part):
    """A service that helps today."""

    service = Text(
        _l("Tjeneste"),
        required=_l("Skriv hvilken tjeneste det er."),
        example="Otta ungdomsskole",
    )
    contact = Text(_l("Kontaktperson"), example="Kontaktlærer Berit Lie")
    phone = Phone(_l("Telefon"), example="+4761700100")
    email = Email(_l("E-post"))
    since = Date(_l("Siden"), example="2024-08-19")


class IpApplicationForm(DocumentForm):
    """Declining the plan is not declining the coordinator: each is asked for by itself."""

    whom = "person"

    layout: ClassVar[Layout] = (
        Section(_l("Hva det søkes om"), ("requests",)),
        Section(_l("Hvem det gjelder"), ("person", "expecting_child_due", "guardians")),
        Section(_l("Den som sender søknaden"), ("sender", "power_of_attorney")),
        Section(_l("Behovet"), ("need", "important_to_person", "life_areas")),
        Section(
            _l("Tjenester og planer"),
            ("services_now", "services_wanted", "existing_plans", "coordinator_wish"),
        ),
        Section(
            _l("Samtykke"),
            ("may_contact", "consent_individual_plan", "consent_information"),
        ),
        Section(_l("Underskrift"), ("date", "signed_by")),
    )
    signed = ("signed_by",)
    about = _l("Dette har du rett til å vite")
    sent_by = "sender"
    addressed_to = "coordinating_unit"

    requests = Choices(
        _l("Hva søker du om?"),
        REQUESTS,
        required=_l("Kryss av for minst én ting du søker om."),
        example=("individual_plan", "coordinator"),
    )
    person = Group(Person, _l("Den det gjelder"), optional=True, example=True)
    expecting_child_due = Date(
        _l("Termindato"),
        hint=_l("Fyll ut når dere venter barn og søker om barnekoordinator."),
    )
    guardians = Rows(
        Group(GuardianContact),
        _l("Foresatte"),
        row_label=_l("Foresatt"),
        add_label=_l("Legg til foresatt"),
        few=1,
    )
    sender = Group(Sender, _l("Den som sender søknaden"))
    power_of_attorney = Check(
        _l("Fullmakt er lagt ved"),
        hint=_l("Når pårørende eller en fullmektig sender søknaden."),
    )
    need = LongText(
        _l("Hvorfor trengs det samordning?"),
        required=_l("Skriv hvorfor det er behov for samordnet hjelp."),
        hint=_l("Skriv kort hva som er vanskelig, og hvilken hjelp dere får i dag."),
        example="Emma har oppfølging fra skole, BUP og fastlege.",
    )
    important_to_person = LongText(
        _l("Hva er viktig for den det gjelder?"),
        example="Å kunne gå på skolen hele dagen.",
    )
    life_areas = Choices(
        _l("Hvilke områder i livet gjelder det?"),
        LIFE_AREAS,
        example=("school", "health"),
    )
    services_now = Rows(
        Group(CurrentService),
        _l("Tjenester i dag"),
        row_label=_l("Tjeneste"),
        add_label=_l("Legg til tjeneste"),
        samples=1,
    )
    services_wanted = LongText(_l("Hvilke tjenester ønsker du?"), example="Fysioterapi")
    existing_plans = Choices(_l("Hvilke planer og grupper finnes fra før?"), EXISTING_PLANS)
    coordinator_wish = Text(
        _l("Hvem ønsker du som koordinator?"),
        longest=LONGEST_TEXT,
        hint=_l("Ønsket ditt skal veie tungt."),
        example="Torbjørn Aas, helsestasjonen",
    )
    may_contact = Rows(
        Text(_l("Tjeneste eller person"), example="Fastlege"),
        _l("Hvem kan kommunen kontakte om søknaden?"),
        row_label=_l("Kontakt"),
        add_label=_l("Legg til kontakt"),
        samples=1,
    )
    consent_individual_plan = Check(
        _l("Jeg samtykker til at det lages en individuell plan"), example=True
    )
    consent_information = Check(
        _l("Jeg samtykker til at kommunen henter inn opplysninger fra dem som er nevnt over"),
        example=True,
    )
    signed_by = signatures(
        _l("De som signerer"), _l("Skriv hvem som signerer søknaden."), printed=""
    )
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for søknaden."),
        default=lambda: clock.today().isoformat(),
        example="2026-11-20",
    )

    @classmethod
    def sample(cls, language: str = "nb") -> dict[str, object]:
        """A young person of fifteen signs together with a guardian."""
        answers = super().sample(language)
        young_person = {"name": answers["person"]["name"], "role": "young_person"}
        return {**answers, "signed_by": [*answers["signed_by"], young_person]}

    def rules(self) -> None:
        self._person_rules()
        self._national_id_rules()
        self._sender_rules()
        if "individual_plan" in self.requests.chosen and not self.consent_individual_plan.data:
            self.consent_individual_plan.refuse(
                _(
                    "Kryss av for samtykke til individuell plan."
                    " Uten det kan dere ikke søke om plan."
                )
            )
        self._age_rules()

    def _person_rules(self) -> None:
        person = self.person.form
        unborn = person.name.is_empty() and person.birth_date.is_empty()
        may_be_unborn = "child_coordinator" in self.requests.chosen
        if self.expecting_child_due.data and not may_be_unborn:
            self.expecting_child_due.refuse(
                _("Termindato gjelder bare søknad om barnekoordinator. Ta den bort.")
            )
        if self.expecting_child_due.data and unborn:
            return
        if may_be_unborn and unborn:
            self.expecting_child_due.refuse(
                _("Skriv termindatoen, eller navn og fødselsdato når barnet er født.")
            )
            return
        if person.name.is_empty():
            person.name.refuse(_("Skriv navnet på den det gjelder."))
        if person.birth_date.is_empty():
            person.birth_date.refuse(_("Skriv fødselsdatoen til den det gjelder."))

    def _national_id_rules(self) -> None:
        person = self.person.form
        if person.has_national_id.data and person.national_id.is_empty():
            person.national_id.refuse(_("Skriv fødselsnummeret, eller ta bort krysset over."))
        if person.national_id.data and not person.has_national_id.data:
            person.has_national_id.refuse(
                _("Kryss av for at fødselsnummeret trengs, eller ta bort nummeret.")
            )

    def _sender_rules(self) -> None:
        sender = self.sender.form
        if sender.role.code == "employee":
            if sender.title.is_empty():
                sender.title.refuse(_("Skriv stillingen til den ansatte som sender."))
            if sender.service.is_empty():
                sender.service.refuse(_("Skriv hvilken tjeneste den ansatte arbeider i."))
        if sender.role.code in ("next_of_kin", "proxy") and not self.power_of_attorney.data:
            self.power_of_attorney.refuse(
                _("Legg ved fullmakt, og kryss av for det, når du sender på vegne av andre.")
            )

    def _age_rules(self) -> None:
        day, born = (
            self.date.day,
            self.person.form.birth_date.day or self.expecting_child_due.day,
        )
        if not day or not born:
            return
        unborn = not self.person.form.birth_date.day
        if born > day and not unborn:
            self.person.form.birth_date.refuse(
                _("Fødselsdatoen kan ikke være etter søknadsdatoen.")
            )
            return
        self._guardian_rules(min(born, day), day)

    def _guardian_rules(self, born: datetime.date, day: datetime.date) -> None:
        limit = profile.current().limits.guardians_listed_under
        if norway.age_on(born, day) < limit and not self.guardians.filled:
            self.guardians.refuse(
                _(
                    "Skriv hvem som er foresatt. Det trengs når barnet er under %(age)s år.",
                    age=limit,
                )
            )
        responsible = sum(
            bool(row.form.parental_responsibility.data) for row in self.guardians.filled
        )
        signers = [
            signing.Signer(row.form.name.text, row.form.role.code) for row in self.signed_by.filled
        ]
        case = signing.Case(born, day, purposes=self.requests.chosen, holders=max(1, responsible))
        for number, sentence in case.misplaced(signers):
            self.signed_by.filled[number].refuse(sentence)
        sentence = case.missing(signers)
        if signers and sentence:
            self.signed_by.refuse(sentence)
