"""Who signs a consent: responsibility, age and judgement, and what is still to be decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from formsvc import clock, norway, profile
from formsvc.forms import signing
from formsvc.forms.ability import AsksAbility
from formsvc.forms.consent_parts import (
    RESPONSIBILITY,
    SINGLE_SIGNATURE_REASONS,
    ConsentChild,
    ConsentSignatory,
    ResponsibilityHolder,
    StaffDecision,
)
from formsvc.forms.fields import TODAY, Check, Choice, Choices, Date, Group, LongText, Rows
from formsvc.forms.statement import Statement
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken


class SignedConsent(AsksAbility):
    """Whom a consent is about, who signs it and why, and whether that makes it valid."""

    #: what it is for, and until when: asked with what is consented to
    purposes: Choices
    valid_to: Date

    not_valid_yet = Statement(_l("Ikke gyldig ennå"), lambda form: form.waits())
    child = Group(ConsentChild, _l("Hvem samtykket gjelder"))
    parental_responsibility = Choice(
        _l("Hvem har foreldreansvar?"),
        RESPONSIBILITY,
        required=_l("Velg hvem som har foreldreansvar."),
        asked=lambda form: not form.is_adult(),
        example="mother",
    )
    responsibility_holders = Rows(
        Group(ResponsibilityHolder),
        _l("De som har foreldreansvar"),
        required=_l("Skriv hvem som har foreldreansvar, og hva det bygger på."),
        hint=_l("Fyll ut når det er andre enn foreldrene."),
        row_label=_l("Person"),
        add_label=_l("Legg til en som har foreldreansvar"),
        asked=lambda form: form.parental_responsibility.code == "other" and not form.is_adult(),
        distinct="name",
        samples=0,
    )
    signed_on = Date(
        _l("Når blir det skrevet under?"),
        required=_l("Skriv datoen for underskriften."),
        hint=_l("Alderen den dagen avgjør hvem som skal skrive under."),
        default=lambda: clock.today().isoformat(),
        not_after=TODAY,
        years=(10, 0),
        called=_l("underskriften"),
        printed=_l("Dato for underskrift"),
    )
    signatories = Rows(
        Group(ConsentSignatory),
        _l("De som skriver under"),
        required=_l("Skriv hvem som skal skrive under på samtykket."),
        row_label=_l("Underskrift"),
        add_label=_l("Legg til en som skriver under"),
        distinct="name",
        few=1,
        printed="",
    )
    power_of_attorney = Check(
        _l("Skriftlig fullmakt er lagt ved"),
        required=_l("Legg ved den skriftlige fullmakten, og kryss av for det."),
        asked=lambda form: form.is_signed_as("proxy"),
    )
    guardian_mandate = Check(
        _l("Mandatet til vergen omfatter dette, og er kontrollert"),
        required=_l("Kontroller at mandatet til vergen omfatter dette, og kryss av for det."),
        asked=lambda form: form.is_adult() and form.is_signed_as("guardian", "representative"),
    )
    single_signature_reason = Choice(
        _l("Hvorfor skriver bare én under?"),
        SINGLE_SIGNATURE_REASONS,
        required=_l(
            "Foreldreansvaret er felles. Legg til den andre som skal skrive under,"
            " eller velg hvorfor bare én skriver under."
        ),
        hint=_l("Svar når foreldreansvaret er felles og bare én med foreldreansvar skriver under."),
        asked=lambda form: form.is_one_of_two(),
    )
    single_signature_note = LongText(
        _l("Hva er grunnen?"),
        required=_l("Skriv grunnen til at bare én skriver under."),
        asked=lambda form: form.single_signature_reason.code == "other" and form.is_one_of_two(),
        printed=_l("Grunn til at bare én skriver under"),
    )
    staff_decision = Group(
        StaffDecision,
        _l("Avgjørelse om at én underskrift er nok"),
        hint=_l(
            "Når den andre ikke kan nås, eller grunnen er en annen, er samtykket ikke gyldig før"
            " en ansatt har avgjort dette."
        ),
        optional=True,
        asked=lambda form: form.is_to_be_decided(),
    )
    birthdays = Statement(
        _l("Fødselsdager som endrer hvem som skriver under"),
        lambda form: form.says_when_others_sign(),
    )

    @property
    def concern(self) -> profile.Concern:
        return "adult" if self.is_adult() else "child"

    def case_by_age(self) -> signing.Case | None:
        born, day = self.child.form.birth_date.day, self.signed_on.day
        if not born or not day or born > day:
            return None
        code = self.parental_responsibility.code
        named = [row.form.name.text for row in self.responsibility_holders.filled]
        named = named if code == "other" else []
        return signing.Case(
            born,
            day,
            name=self.child.form.name.text,
            purposes=self.purposes.chosen,
            responsibility=code,
            holders=2 if code == "joint" else max(1, len(named)),
            named=named,
        )

    def signers(self) -> list[signing.Signer]:
        """Those who sign."""
        return [
            signing.Signer(row.form.name.text, row.form.role.code)
            for row in self.signatories.filled
        ]

    def is_adult(self) -> bool:
        """Whether the person signs as an adult, and is written of as one."""
        case = self.case_by_age()
        return case is not None and case.is_adult

    def is_signed_as(self, *roles: str) -> bool:
        """Whether somebody signs in one of these roles."""
        return any(signer.role in roles for signer in self.signers())

    def is_one_of_two(self) -> bool:
        """Whether one with parental responsibility signs where two have it."""
        case = self.signing_case()
        return case is not None and case.is_one_of_two(self.signers())

    def is_to_be_decided(self) -> bool:
        """Whether it is for an employee to decide that one signature is enough."""
        return self.single_signature_reason.code in signing.TO_BE_DECIDED and self.is_one_of_two()

    def unsaid(self) -> frozenset[str]:
        """Who signs instead is said where they sign."""
        return frozenset({"signed_instead"})

    @property
    def ruled_on(self) -> date:
        return self.signed_on.day or clock.today()

    def waits(self) -> str:
        """Why nothing may be shared yet; "" where the consent is valid when it is signed."""
        if not self.is_to_be_decided() or not self.staff_decision.is_empty():
            return ""
        return _(
            "Ikke gyldig ennå: Bare én av to med foreldreansvar skriver under. Ingenting kan deles"
            " før kommunen har avgjort at én underskrift er nok."
        )

    def says_when_others_sign(self) -> str:
        """The birthdays within the consent from which others must sign, for the paper."""
        return " ".join(
            _(
                "%(name)s fyller %(age)s år %(day)s. Fra da er det andre regler for hvem som skal"
                " skrive under, og vi ber om et nytt samtykke.",
                name=self.child.form.name.text,
                age=change.age,
                day=norway.long_date(change.day, spoken()),
            )
            for change in self._changes()
        )

    def _changes(self) -> Iterator[signing.Change]:
        case, end = self.signing_case(), self.valid_to.day
        return case.changes(end) if case and end else iter(())

    def _signature_rules(self) -> None:
        case, signers = self.signing_case(), self.signers()
        if case is None or not signers:
            return
        for number, sentence in case.misplaced(signers):
            self.signatories.filled[number].refuse(sentence)
        if case.is_one_of_two(signers):
            case = replace(case, holders=1)
        sentence = case.missing(signers)
        if sentence:
            self.signatories.refuse(sentence)
