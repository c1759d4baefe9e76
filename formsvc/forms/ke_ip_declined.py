"""Notification to the coordinating unit: the family does not want an individual plan."""

from __future__ import annotations

from typing import ClassVar

from formsvc.forms import people, signing
from formsvc.forms.ability import AsksAbility
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import YES_NO, Check, Choice, Date, Group, Part, Rows, Text
from formsvc.forms.ke_notification import (
    SENDER,
    WHO,
    YEARS,
    KeNotificationForm,
    consent_reference,
)
from formsvc.forms.parts import SIGNING_ROLES
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


class Decliner(Part):
    """One who has said no to the plan, and as what."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som har takket nei."),
        example="Jon Øvrelid",
    )
    role = Choice(
        _l("Rolle"),
        SIGNING_ROLES,
        required=_l("Velg hvilken rolle den som har takket nei, har."),
        example="parent",
    )


class KeIpDeclinedForm(AsksAbility, KeNotificationForm):
    """Declining a plan is not declining the coordinator: both are asked for."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(_l("Informasjon om individuell plan"), ("informed_on", "informed_by")),
        Section(
            _l("Familiens svar"),
            ("declined_by", "declined_on", "coordinator_wanted", "group_continues"),
        ),
        AsksAbility.ability,
        Section(_l("Videre"), ("told_may_change_mind", "ask_again_on")),
        *SENDER,
    )

    consent_reference = consent_reference()
    informed_on = Date(
        _l("Dato for informasjon om individuell plan"),
        required=_l("Skriv datoen familien fikk informasjon om individuell plan."),
        example="2026-11-10",
        printed=_l("Informert om individuell plan"),
        not_after="date",
        years=YEARS,
    )
    informed_by = Text(
        _l("Hvem informerte?"),
        required=_l("Skriv hvem som informerte familien om individuell plan."),
        example="Solveig Nygård",
        printed=_l("Informert av"),
    )
    declined_by = Rows(
        Group(Decliner),
        _l("Hvem ønsker ikke individuell plan?"),
        required=_l("Skriv hvem som har takket nei til planen."),
        row_label=_l("Person"),
        add_label=_l("Legg til person"),
        few=1,
        distinct="name",
    )
    declined_on = Date(
        _l("Dato familien takket nei"),
        required=_l("Skriv datoen familien takket nei til individuell plan."),
        example="2026-11-12",
        printed=_l("Takket nei"),
        not_after="date",
        years=YEARS,
    )
    coordinator_wanted = Choice(
        _l("Ønsker familien koordinator?"),
        YES_NO,
        required=_l("Velg om familien ønsker koordinator. Den retten har de også uten plan."),
        example="yes",
    )
    group_continues = Choice(
        _l("Fortsetter {words.responsibility_group.definite}?"),
        YES_NO,
        required=_l("Velg om {words.responsibility_group.definite} fortsetter."),
        example="yes",
    )
    told_may_change_mind = Check(
        _l("Familien vet at de kan ombestemme seg når som helst"),
        required=_l("Fortell familien at de kan ombestemme seg, og kryss av for det."),
    )
    ask_again_on = Date(
        _l("Dato for å spørre igjen"),
        example="2027-11-01",
        printed=_l("Spør igjen"),
        not_before="declined_on",
        years=YEARS,
    )

    def rules(self) -> None:
        super().rules()
        informed, declined = self.informed_on.day, self.declined_on.day
        if informed and declined and declined < informed:
            self.declined_on.refuse(
                _("Familien kan ikke takke nei før de er informert. Rett en av datoene.")
            )
        self._who_may_decline()

    def case_by_age(self) -> signing.Case | None:
        """What decides who may decline: those who could have consented."""
        child, day = self.child.form, self.declined_on.day
        born = child.birth_date.day
        if not born or not day or born > day:
            return None
        return signing.Case(born, day, name=child.name.text, purposes=["individual_plan"])

    def _who_may_decline(self) -> None:
        """One of those who decide about a plan at that age is enough: one no is a no."""
        case = self.signing_case()
        roles = {row.form.role.code for row in self.declined_by.filled}
        if case is None or not roles:
            return
        self._refuse_another_person()
        if not case.is_adult:
            self._refuse_strangers()
        if not roles & _may_decline(case):
            self.declined_by.refuse(_who_is_missing(case))

    def says_who_signs_instead(self) -> str:
        """Who has answered instead of one who cannot judge it, for the paper."""
        case = self.signing_case()
        if case is None or case.can_judge:
            return ""
        if case.is_adult:
            return _(
                "Den det gjelder, kan ikke selv vurdere dette. Derfor har vergen eller den nærmeste"
                " pårørende svart."
            )
        return _(
            "Den det gjelder, kan ikke selv vurdere dette. Derfor har de som har foreldreansvar,"
            " svart."
        )

    def _refuse_another_person(self) -> None:
        """Who declines as the one whom it is about is that one."""
        concerned = self.child.form.name.text
        for row in self.declined_by.filled:
            name, role = row.form.name, row.form.role.code
            if role == "young_person" and name.text and not people.same(name.text, concerned):
                name.refuse(
                    _(
                        "Den det gjelder, skal ha samme navn som øverst i meldingen: %(name)s."
                        " Rett navnet eller rollen.",
                        name=concerned,
                    )
                )

    def _refuse_strangers(self) -> None:
        """Who declines for a child must be one of its guardians."""
        for row in self.declined_by.filled:
            name, role = row.form.name, row.form.role.code
            if role in signing.HOLDER_ROLES and not people.among(name.text, self.guardians):
                name.refuse(
                    _(
                        "«%(name)s» står ikke blant de foresatte. Legg til personen der,"
                        " eller velg en annen rolle.",
                        name=name.text,
                    )
                )


def _may_decline(case: signing.Case) -> frozenset[str]:
    """The roles of those of whom one is enough."""
    if case.is_adult:
        return frozenset({"young_person", "proxy"}) if case.can_judge else signing.STAND_IN_ROLES
    holders = frozenset() if case.guardians == "none" else signing.GUARDIAN_ROLES
    return holders | ({"young_person"} if case.own_signature else frozenset())


def _who_is_missing(case: signing.Case) -> str:
    if case.guardians != "none":
        return _("Barnet kan ikke takke nei alene. Legg til en som har foreldreansvar.")
    if case.can_judge:
        return _("Ut fra alderen må den det gjelder, selv ha takket nei. Legg til personen selv.")
    return _(
        "Personen er myndig og kan ikke vurdere dette selv. Legg til vergen som har dette i"
        " mandatet sitt, eller den nærmeste pårørende."
    )
