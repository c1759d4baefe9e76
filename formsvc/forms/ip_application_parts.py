"""What an application consists of: the person, the guardians, the sender, the services of today."""

from __future__ import annotations

from formsvc.forms.fields import (
    Check,
    Choice,
    Date,
    Email,
    NationalId,
    Part,
    Phone,
    PostalCode,
    Text,
)
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
