"""What a consent and its withdrawal are put together from: choices, services, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from formsvc import profile
from formsvc.forms.fields import (
    TODAY,
    Check,
    Choice,
    Date,
    Email,
    LongText,
    Part,
    Phone,
    Text,
)
from formsvc.forms.parts import SIGNING_ROLES, Child, Signature
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

PURPOSES: Final[Mapping[str, str]] = {
    "interdisciplinary_meeting": _l("Tverrfaglig møte"),
    "cooperation_group": _l("Samarbeidsgruppe"),
    "responsibility_group": _l("{words.Responsibility_group.indefinite}"),
    "individual_plan": _l("Individuell plan"),
    "relay_log": _l("Stafettlogg"),
    "agencies_meeting": _l("Instansmøte, der familien ikke er med"),
    "transition": _l("Overgang til ny barnehage, skole eller tjeneste"),
    "consultation_team": _l("Konsultasjonsteam"),
}
INFORMATION: Final[Mapping[str, str]] = {
    "health": _l("Helse"),
    "learning": _l("Læring og utvikling"),
    "wellbeing": _l("Trivsel og vennskap"),
    "family": _l("Familie og hjem"),
    "leisure": _l("Fritid"),
    "economy": _l("Økonomi"),
    "housing": _l("Bolig"),
}
#: information that is mostly the parents' own
OF_THE_PARENTS: Final = frozenset({"family", "economy", "housing"})
RESPONSIBILITY: Final[Mapping[str, str]] = {
    "joint": _l("Felles foreldreansvar"),
    "mother": _l("Mor alene"),
    "father": _l("Far alene"),
    "co_mother": _l("Medmor alene"),
    "other": _l("Andre enn foreldrene"),
    "child_welfare": _l("Barnevernstjenesten har omsorgen"),
}
#: the first two are the grounds of pasient- og brukerrettighetsloven § 4-4, in its own words
SINGLE_SIGNATURE_REASONS: Final[Mapping[str, str]] = {
    "sole_daily_care": _l("Det er en del av den daglige og ordinære omsorgen for barnet"),
    "necessary_health_help": _l(
        "Kvalifisert helsepersonell mener at helsehjelpen er nødvendig for at barnet ikke skal"
        " ta skade"
    ),
    "cannot_be_reached": _l("Den andre kan ikke nås"),
    "other": _l("Annen grunn"),
}
CHILD_HEARD: Final[Mapping[str, str]] = {
    "yes": _l("Ja"),
    "no": _l("Nei"),
    "not_able": _l("Barnet kan ikke gi uttrykk for egne synspunkter"),
}


class ConsentPerson(Child):
    """Whom a consent is about: a child, a young person or an adult."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den samtykket gjelder."),
        hint=_l("Fornavn og etternavn."),
        example="Ådne Sæbø Øvrelid",
    )
    birth_date = Date(
        _l("Fødselsdato"),
        required=_l("Skriv fødselsdatoen til den samtykket gjelder."),
        not_after="withdrawn_on",
        years=(120, 0),
        example="2015-05-03",
    )


class ConsentChild(ConsentPerson):
    """The same, as one is asked who gives the consent."""

    birth_date = Date(
        _l("Fødselsdato"),
        required=_l("Skriv fødselsdatoen til den samtykket gjelder."),
        not_after="signed_on",
        years=(120, 0),
        example="2015-05-03",
    )
    unit = Text(
        _l("Barnehage eller skole"),
        hint=_l("Skriv også trinn eller avdeling."),
        example={"nb": "Heidal skole, 6. trinn", "nn": "Heidal skule, 6. trinn"},
    )


class NamedService(Part):
    """A service, by its kind and by its name where there are several of that kind."""

    service = Choice(
        _l("Tjeneste"),
        lambda: profile.current().services(spoken()),
        required=_l("Velg hvilken tjeneste det gjelder."),
        example=("school", "ppt"),
    )
    name = Text(
        _l("Navn på tjenesten"),
        hint=_l("Skriv navnet på tjenesten, ikke på en ansatt."),
        example={
            "nb": ("Heidal skole", "PPT Nord-Gudbrandsdal"),
            "nn": ("Heidal skule", "PPT Nord-Gudbrandsdal"),
        },
    )

    def refuse_nameless(self) -> None:
        """A service of which the municipality has several is not told by its kind alone."""
        code = self.service.code
        if self.name.is_empty() and profile.current().has_several(code):
            self.name.refuse(
                _("Skriv navnet på tjenesten: %(kind)s.", kind=self.service.labels[code])
            )


class SharingService(NamedService):
    """A service, and which way information may go."""

    collect = Check(_l("Kan gi opplysninger"), example=True)
    share = Check(_l("Kan få opplysninger"), example=True)


class ResponsibilityHolder(Part):
    """Somebody other than the parents who has parental responsibility."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som har foreldreansvar."),
        example="Berit Sæbø",
    )
    basis = Text(
        _l("Etter hvilken avgjørelse eller avtale"),
        required=_l("Skriv hva foreldreansvaret bygger på, for eksempel en dom."),
        example="Dom i tingretten",
    )


class ConsentSignatory(Signature):
    """One who signs, and where the paper can be sent."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som skriver under."),
        example="Ingebjørg Sæbø",
    )
    role = Choice(
        _l("Rolle"),
        SIGNING_ROLES,
        required=_l("Velg hvilken rolle den som skriver under, har."),
        example="parent",
    )
    email = Email(_l("E-post"), private=True)
    phone = Phone(_l("Telefon"), private=True)


class StaffDecision(Part):
    """That one signature is enough, decided by an employee."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv hvem som har avgjort det."),
        example="Solveig Nygård",
        printed=_l("Avgjort av"),
    )
    title = Text(
        _l("Stilling"),
        required=_l("Skriv stillingen til den som har avgjort det."),
        example="Rektor",
        printed="",
    )
    date = Date(
        _l("Dato for avgjørelsen"),
        required=_l("Skriv datoen da det ble avgjort."),
        not_after=TODAY,
        years=(5, 0),
    )
    reason = LongText(
        _l("Hvorfor er én underskrift nok?"),
        required=_l("Skriv hvorfor én underskrift er nok."),
        printed=_l("Grunnen til avgjørelsen"),
    )
