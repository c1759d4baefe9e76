"""Who must sign for a child, by age and parental responsibility, as the profile's rules say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from formsvc import norway, profile
from formsvc.language import gettext as _

#: roles that sign on the child's behalf because of parental responsibility or in its place
GUARDIAN_ROLES = frozenset({"parent", "guardian", "representative", "child_welfare"})
OWN_ROLES = frozenset({"young_person", "proxy"})


def missing(
    *,
    birth_date: date,
    day: date,
    roles: Sequence[str],
    responsibility: str = "",
    guardians_needed: int = 1,
    purposes: Sequence[str] = (),
) -> str:
    """The sentence that says who is missing among those who sign, or "" when nobody is.

    :param roles: the roles of those who sign.
    :param responsibility: who has parental responsibility; "" where the paper doesn't ask.
    :param guardians_needed: how many guardians must sign where the age rules ask for them.
    """
    age = norway.age_on(birth_date, day)
    rule = profile.current().signing_rule(age, purposes)
    guardians = [role for role in roles if role in GUARDIAN_ROLES]
    own = [role for role in roles if role in OWN_ROLES]
    if age >= profile.current().limits.adult_age:
        return _missing_adult(guardians, own)
    if (rule.young_person or rule.guardians == "none") and not own:
        return _("Ungdommen skal også signere, ut fra alderen. Legg til ungdommen selv.")
    if rule.guardians == "none" or (rule.guardians == "one" and (own or guardians)):
        return ""
    return _missing_guardians(responsibility, guardians, guardians_needed)


def _missing_adult(guardians: Sequence[str], own: Sequence[str]) -> str:
    if guardians:
        return _(
            "Personen er myndig og signerer selv."
            " Ta bort foresatte, eller la en fullmektig signere."
        )
    return "" if own else _("Personen er myndig og skal signere selv.")


def _missing_guardians(responsibility: str, guardians: Sequence[str], needed: int) -> str:
    if responsibility == "child_welfare":
        if "child_welfare" in guardians:
            return ""
        return _(
            "Barnevernstjenesten har omsorgen og signerer i stedet for foreldrene."
            " Legg til barnevernstjenesten."
        )
    # where the parents have the responsibility, child welfare does not stand for one of them
    holders = [role for role in guardians if not responsibility or role != "child_welfare"]
    if len(holders) >= needed:
        return ""
    if needed > 1:
        return _("Begge med foreldreansvar skal signere. Legg til den andre.")
    return _("En foresatt skal signere, ut fra barnets alder. Legg til den foresatte.")


def roles_by_name(signed: Iterable[tuple[str, str]]) -> list[str]:
    """The roles of those who sign, (name, role) each; who is named twice signs once.

    >>> roles_by_name([("Jon Øvrelid", "parent"), ("jon  øvrelid", "parent")])
    ['parent']
    """
    once = {" ".join(name.casefold().split()): role for name, role in signed}
    return list(once.values())
