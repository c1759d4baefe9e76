"""Notification to the coordinating unit: the family does not want an individual plan."""

from __future__ import annotations

from typing import ClassVar

from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import YES_NO, Check, Choice, Date, Text
from formsvc.forms.ke_notification import (
    SENDER,
    WHO,
    KeNotificationForm,
    consent_reference,
)
from formsvc.forms.parts import signatures
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


class KeIpDeclinedForm(KeNotificationForm):
    """Declining a plan is not declining the coordinator: both are asked for."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(_l("Informasjon om individuell plan"), ("informed_on", "informed_by")),
        Section(
            _l("Svaret fra familien"),
            ("declined_by", "declined_on", "coordinator_wanted", "group_continues"),
        ),
        Section(_l("Videre"), ("told_may_change_mind", "ask_again_on")),
        *SENDER,
    )

    consent_reference = consent_reference()
    informed_on = Date(
        _l("Informert om individuell plan dato"),
        required=_l("Skriv datoen familien fikk informasjon om individuell plan."),
        example="2028-06-08",
        printed=_l("Informert om individuell plan"),
    )
    informed_by = Text(
        _l("Hvem informerte?"),
        required=_l("Skriv hvem som informerte familien om individuell plan."),
        example="Solveig Nygård",
        printed=_l("Informert av"),
    )
    declined_by = signatures(
        _l("Hvem ønsker ikke individuell plan?"),
        _l("Skriv hvem som har takket nei til planen."),
    )
    declined_on = Date(
        _l("Takket nei dato"),
        required=_l("Skriv datoen familien takket nei til individuell plan."),
        example="2028-06-10",
        printed=_l("Takket nei"),
    )
    coordinator_wanted = Choice(
        _l("Ønsker familien koordinator?"),
        YES_NO,
        required=_l("Velg om familien ønsker koordinator. Den retten har de også uten plan."),
        example="yes",
    )
    group_continues = Choice(
        _l("Fortsetter ansvarsgruppa?"),
        YES_NO,
        required=_l("Velg om ansvarsgruppa fortsetter."),
        example="yes",
    )
    told_may_change_mind = Check(
        _l("Familien vet at de kan ombestemme seg når som helst"),
        required=_l("Fortell familien at de kan ombestemme seg, og kryss av for det."),
    )
    ask_again_on = Date(_l("Spør igjen dato"), example="2029-06-01", printed=_l("Spør igjen"))

    def rules(self) -> None:
        super().rules()
        informed, declined = self.informed_on.day, self.declined_on.day
        if informed and declined and declined < informed:
            self.declined_on.refuse(
                _("Familien kan ikke takke nei før de er informert. Rett en av datoene.")
            )
