"""Who signs an application: those who decide for the one whom it is about, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from formsvc.forms import people, signing
from formsvc.forms.fields import Group, Rows, as_compared
from formsvc.forms.ip_application_parts import GuardianContact
from formsvc.forms.parts import Signature
from formsvc.language import gettext as _

Guardians = Rows[Group[GuardianContact]]
Signatures = Rows[Group[Signature]]


def refuse(case: signing.Case, guardians: Guardians, signed_by: Signatures) -> None:
    """Say at those who sign who of them may not, and who is missing."""
    if not case.is_adult:
        _refuse_strangers(guardians, signed_by)
    signers = list(_signers(case, guardians, signed_by))
    for number, sentence in case.misplaced(signers):
        signed_by.filled[number].form.role.refuse(sentence)
    sentence = case.missing(signers)
    if signers and sentence:
        signed_by.refuse(sentence)


def responsibility(signed_by: Signatures) -> str:
    """Who has the care, as far as it is known: the child welfare service, where it signs."""
    roles = {row.form.role.code for row in signed_by.filled}
    return "child_welfare" if "child_welfare" in roles else ""


def holders(guardians: Guardians) -> int:
    """How many different people have parental responsibility, or stand in its place."""
    names = (row.form.name.text for row in guardians.filled if row.form.may_sign)
    return len({as_compared(name) for name in names})


def _signers(
    case: signing.Case, guardians: Guardians, signed_by: Signatures
) -> Iterator[signing.Signer]:
    """Those who sign; who has a power of attorney from a parent counts as that parent."""
    names = [row.form.name.text for row in signed_by.filled]
    absent = [
        row.form.name.text
        for row in guardians.filled
        if row.form.may_sign and not any(people.same(row.form.name.text, name) for name in names)
    ]
    for row in signed_by.filled:
        name, role = row.form.name.text, row.form.role.code
        if role == "proxy" and case.guardians != "none" and absent:
            yield signing.Signer(absent.pop(0), "parent")
        else:
            yield signing.Signer(name, role)


def _refuse_strangers(guardians: Guardians, signed_by: Signatures) -> None:
    for row in signed_by.filled:
        name = row.form.name
        if row.form.role.code in signing.HOLDER_ROLES and name.text:
            sentence = _why_not(name.text, guardians)
            if sentence:
                name.refuse(sentence)


def _why_not(name: str, guardians: Guardians) -> str:
    """The sentence that says why somebody may not sign for the child; "" where they may."""
    listed = next((g.form for g in guardians.filled if people.same(g.form.name.text, name)), None)
    if listed is None:
        return _(
            "«%(name)s» står ikke blant de foresatte. Legg til personen der, eller velg fullmektig"
            " eller barnevernstjenesten som rolle.",
            name=name,
        )
    if listed.may_sign:
        return ""
    if listed.relation.code == "foster_parent":
        return _(
            "Fosterforeldre kan ikke skrive under for barnet. Det gjør de som har foreldreansvar,"
            " eller barnevernstjenesten."
        )
    return _(
        "«%(name)s» har ikke foreldreansvar og kan ikke skrive under for barnet. La en som har det,"
        " skrive under.",
        name=name,
    )
