"""Application for an individual plan, a coordinator, a child coordinator or a group."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock, norway, profile
from formsvc.errors import Problem
from formsvc.forms import ip_application_signing, signing
from formsvc.forms.ability import AsksAbility
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import (
    LONGEST_TEXT,
    Check,
    Choices,
    Date,
    Group,
    LongText,
    Rows,
    Text,
    YesNo,
)
from formsvc.forms.ip_application_parts import (
    BY_PROXY,
    EXISTING_PLANS,
    LIFE_AREAS,
    REQUESTS,
    CurrentService,
    GuardianContact,
    Person,
    Sender,
)
from formsvc.forms.parts import signatures
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

#: no child is expected for longer
_MONTHS_EXPECTED = 10


class IpApplicationForm(AsksAbility):
    """Declining the plan is not declining the coordinator: each is asked for by itself."""

    whom = "person"

    layout: ClassVar[Layout] = (
        Section(_l("Hva det søkes om"), ("requests",)),
        Section(_l("Hvem det gjelder"), ("person", "expecting_child_due", "guardians")),
        Section(_l("Den som sender {words.application.definite}"), ("sender", "power_of_attorney")),
        Section(_l("Behovet"), ("need", "important_to_person", "life_areas")),
        Section(
            _l("Tjenester og planer"),
            ("services_now", "services_wanted", "existing_plans", "coordinator_wish"),
        ),
        Section(
            _l("Samtykke"),
            ("may_contact", "consent_individual_plan", "consent_information"),
        ),
        AsksAbility.ability,
        Section(_l("Underskrift"), ("date", "signed_by", "guardian_mandate")),
    )
    signed = ("signed_by",)
    declaration = _l(
        "Jeg har lest det som står over, og står bak {words.application.definite} og svarene om"
        " samtykke."
    )
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
        distinct="name",
    )
    sender = Group(Sender, _l("Den som sender {words.application.definite}"))
    power_of_attorney = Check(
        _l("Fullmakt er lagt ved"),
        hint=_l("Når pårørende eller en fullmektig sender eller skriver under."),
    )
    need = LongText(
        _l("Hvorfor trengs det samordning?"),
        required=_l("Skriv hvorfor det er behov for samordnet hjelp."),
        hint=_l("Skriv kort hva som er vanskelig, og hvilken hjelp dere får i dag."),
        example={
            "nb": "Emma har oppfølging fra skole, BUP og fastlege.",
            "nn": "Emma har oppfølging frå skule, BUP og fastlege.",
        },
    )
    important_to_person = LongText(
        _l("Hva er viktig for den det gjelder?"),
        example={
            "nb": "Å kunne gå på skolen hele dagen.",
            "nn": "Å kunne gå på skulen heile dagen.",
        },
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
        _l("Hvem kan kommunen kontakte om {words.application.definite}?"),
        row_label=_l("Kontakt"),
        add_label=_l("Legg til kontakt"),
        samples=1,
        distinct=True,
    )
    consent_individual_plan = YesNo(
        _l("Samtykker du til at det blir laget en individuell plan?"), example=True
    )
    consent_information = YesNo(
        _l(
            "Samtykker du til at kommunen henter opplysninger fra dem som er nevnt over, og deler"
            " med dem det som trengs for å behandle {words.application.definite}?"
        ),
        required=_l("Svar ja eller nei på om kommunen kan hente og dele opplysninger."),
    )
    signed_by = signatures(
        _l("De som skriver under"),
        _l("Skriv hvem som skriver under {words.application.definite}."),
        printed="",
    )
    guardian_mandate = Check(
        _l("Mandatet til vergen omfatter dette, og er kontrollert"),
        required=_l("Kontroller at mandatet til vergen omfatter dette, og kryss av for det."),
        asked=lambda form: form.is_signed_by_guardian_of_adult(),
    )
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for {words.application.definite}."),
        default=lambda: clock.today().isoformat(),
        example="2026-11-20",
        not_after="today",
        years=(20, 0),
        called=_l("{words.application.definite}"),
    )

    @classmethod
    def sample(cls, language: str = "nb") -> dict[str, object]:
        """A young person of fifteen, who can judge it, signs together with the guardian."""
        answers = super().sample(language)
        guardian = {"name": answers["guardians"][0]["name"], "role": "parent"}
        young_person = {"name": answers["person"]["name"], "role": "young_person"}
        return {**answers, "signing_ability": "yes", "signed_by": [guardian, young_person]}

    def rules(self) -> None:
        self._person_rules()
        self._national_id_rules()
        self._sender_rules()
        self._plan_rules()
        self._age_rules()

    def own_advice(self) -> list[Problem]:
        """Who may be asked for information is named, or nobody is asked."""
        if not self.consent_information.is_yes or self.may_contact.filled:
            return []
        sentence = _(
            "Du samtykker til at kommunen henter opplysninger, men har ikke nevnt noen kommunen kan"
            " kontakte. Skriv hvem det er, eller svar nei på spørsmålet."
        )
        return [Problem("may_contact", sentence)]

    def _person_rules(self) -> None:
        person = self.person.form
        unborn = person.name.is_empty() and person.birth_date.is_empty()
        may_be_unborn = "child_coordinator" in self.requests.chosen
        if self.expecting_child_due.data and not may_be_unborn:
            self.expecting_child_due.refuse(
                _(
                    "Termindato gjelder bare {words.application.indefinite} om barnekoordinator."
                    " Ta den bort."
                )
            )
        if self.expecting_child_due.data and unborn:
            self._due_date_rules()
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

    def _due_date_rules(self) -> None:
        """A child that is late is a child all the same; one that is a month late has been born."""
        due, day = self.expecting_child_due.day, self.date.day
        if not due or not day:
            return
        if due > norway.months_after(day, _MONTHS_EXPECTED):
            self.expecting_child_due.refuse(_("Termindatoen er for langt fram i tid. Rett datoen."))
        elif norway.months_after(due, 1) < day:
            self.expecting_child_due.refuse(
                _("Termindatoen er passert. Skriv navnet og fødselsdatoen til barnet.")
            )

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
        elif not self._can_be_reached():
            sender.phone.refuse(
                _("Skriv telefon, e-post eller adresse, slik at kommunen kan svare.")
            )
        by_proxy = any(row.form.role.code == "proxy" for row in self.signed_by.filled)
        if (sender.role.code in BY_PROXY or by_proxy) and not self.power_of_attorney.data:
            self.power_of_attorney.refuse(
                _(
                    "Legg ved skriftlig fullmakt, og kryss av for det, når noen sender eller"
                    " skriver under for andre."
                )
            )

    def _can_be_reached(self) -> bool:
        """Whether an answer can be sent to the applicant."""
        person, sender = self.person.form, self.sender.form
        ways = [person.address, person.phone, person.email, sender.phone, sender.email]
        ways += [way for row in self.guardians.filled for way in (row.form.phone, row.form.email)]
        return any(not way.is_empty() for way in ways)

    def _plan_rules(self) -> None:
        if "individual_plan" not in self.requests.chosen or self.consent_individual_plan.is_yes:
            return
        if self.consent_individual_plan.is_empty():
            self.consent_individual_plan.refuse(
                _("Svar ja eller nei på om det kan lages en individuell plan.")
            )
        self.consent_individual_plan.refuse(
            _(
                "Uten samtykke kan det ikke lages en individuell plan. Svar ja, eller ta bort"
                " individuell plan fra det du søker om."
            )
        )

    def case_by_age(self) -> signing.Case | None:
        """What decides who signs: an unborn child is signed for as one that is born."""
        person, day = self.person.form, self.date.day
        born = person.birth_date.day or self.expecting_child_due.day
        if not day or not born or person.birth_date.errors:
            return None
        return signing.Case(
            min(born, day),
            day,
            name=person.name.text,
            purposes=self.requests.chosen,
            responsibility=ip_application_signing.responsibility(self.signed_by),
            holders=max(1, ip_application_signing.holders(self.guardians)),
        )

    def is_signed_by_guardian_of_adult(self) -> bool:
        """Whether a legal guardian signs for an adult, and must have that in the mandate."""
        case, roles = self.case_by_age(), {row.form.role.code for row in self.signed_by.filled}
        return case is not None and case.is_adult and bool(roles & {"guardian", "representative"})

    def _age_rules(self) -> None:
        case, limits = self.signing_case(), profile.current().limits
        if case is None:
            return
        if "child_coordinator" in self.requests.chosen and case.is_adult:
            self.requests.refuse(
                _(
                    "Barnekoordinator er for barn under %(age)s år. Ta bort krysset for det.",
                    age=limits.adult_age,
                )
            )
        if not self.guardians.filled and case.age < limits.guardians_listed_under:
            self.guardians.refuse(
                _(
                    "Skriv hvem som er foresatt. Det trengs når barnet er under %(age)s år.",
                    age=limits.guardians_listed_under,
                )
            )
        if not self.guardians.filled and not case.is_adult and not case.can_judge:
            self.guardians.refuse(
                _(
                    "Skriv hvem som har foreldreansvar. De skriver under når den det gjelder, ikke"
                    " kan vurdere dette selv."
                )
            )
        ip_application_signing.refuse(case, self.guardians, self.signed_by)
