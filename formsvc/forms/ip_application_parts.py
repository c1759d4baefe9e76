"""What an application consists of: the person, the guardians, the sender, the services of today."""

from __future__ import annotations

from formsvc.forms import people
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
    YesNo,
)
from formsvc.language import lazy as _l

REQUESTS = {
    "individual_plan": _l("Individuell plan"),
    "coordinator": _l("Koordinator"),
    "child_coordinator": _l("Barnekoordinator"),
    "responsibility_group": _l("{words.Responsibility_group.indefinite}"),
}
#: as what somebody has care of a child; the child is none of its own guardians
RELATIONS = {
    **{code: name for code, name in people.RELATIONS.items() if code != "young_person"},
    "child_welfare": _l("Barnevernstjenesten"),
}
#: who answers for an adult or for one of sixteen, and needs a power of attorney for it
BY_PROXY = frozenset({"next_of_kin", "proxy"})
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
    "responsibility_group": _l("{words.Responsibility_group.indefinite}"),
    "child_welfare_plan": _l("Plan fra barnevernstjenesten"),
    "individual_plan": _l("Individuell plan"),
    "other": _l("Annen plan"),
}


class Person(Part):
    """The one who needs help. An unborn child has no name yet."""

    name = Text(_l("Navn"), example="Emma Čáhci-Bakken")
    birth_date = Date(_l("Fødselsdato"), example="2011-01-19", not_after="date", years=(120, 0))
    has_national_id = Check(
        _l("Fødselsnummeret trengs for å behandle {words.application.definite}"),
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
        _l("Tilknytning"),
        RELATIONS,
        required=_l("Velg hvilken tilknytning den foresatte har."),
        example="mother",
    )
    parental_responsibility = YesNo(
        _l("Har foreldreansvar"),
        required=_l("Svar ja eller nei på om den foresatte har foreldreansvar."),
    )
    phone = Phone(_l("Telefon"), example="+4741234567")
    email = Email(_l("E-post"), example="maret.cahci@eksempel.no")

    @property
    def may_sign(self) -> bool:
        """Whether this one signs for the child: a foster parent never does."""
        is_holder = self.parental_responsibility.is_yes or self.relation.code == "guardian"
        return is_holder and self.relation.code != "foster_parent"


class Sender(Part):
    """The one who sends the application."""

    role = Choice(
        _l("Hvem sender {words.application.definite}?"),
        SENDER_ROLES,
        required=_l("Velg hvem som sender {words.application.definite}."),
        example="employee",
    )
    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som sender."),
        example="Torbjørn Aas",
    )
    title = Text(
        _l("Stilling"),
        hint=_l("Når en ansatt sender {words.application.definite}."),
        example={"nb": "Helsesykepleier", "nn": "Helsesjukepleiar"},
        printed="",
    )
    service = Text(
        _l("Tjeneste"),
        hint=_l("Når en ansatt sender {words.application.definite}."),
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
        example={"nb": "Otta ungdomsskole", "nn": "Otta ungdomsskule"},
    )
    contact = Text(
        _l("Kontaktperson"),
        example={"nb": "Kontaktlærer Berit Lie", "nn": "Kontaktlærar Berit Lie"},
    )
    phone = Phone(_l("Telefon"), example="+4761700100", short=True)
    email = Email(_l("E-post"))
    since = Date(_l("Siden"), example="2024-08-19", not_after="date", years=(60, 0))
