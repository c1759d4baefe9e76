"""The municipality's profile: what is shipped is whole, and a mistake in an own file is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc import profile
from formsvc.forms import consent_parts
from formsvc.forms import wording as papers
from formsvc.forms.consent import ConsentForm
from formsvc.language import LANGUAGES, PAPER_LANGUAGES
from formsvc.profile import Concern, InvalidProfile, NotInProfile, Profile, SigningRule
from formsvc.profile.parts import FORMS
from formsvc.profile.tables import laid_over

DAY = date(2026, 11, 24)
SHIPPED = tomllib.loads(profile.SHIPPED.read_text("utf-8"))
KINDS = (
    *("consent", "consent_withdrawal", "ip_application"),
    *("ke_group_created", "ke_group_dissolved", "ke_coordinator_changed", "ke_ip_declined"),
    *("invitation", "minutes", "action_plan", "evaluation"),
)
ARENAS = [
    *("responsibility_group", "cooperation_group", "preparatory_meeting"),
    *("agencies_meeting", "bli_z_meeting", "consultation_meeting", "resource_group"),
    *("steering_group", "parent_conversation", "important_conversation", "relay_log_start"),
    *("discussion_other_services", "samba", "tbu_consultation", "ip_group"),
    *("interdisciplinary_meeting", "resource_team", "transition_meeting", "slt_meeting"),
]
SERVICES = [
    *("kindergarten", "school", "after_school", "ppt", "health_clinic", "school_health"),
    *("child_welfare", "family_team", "nav", "coordinating_unit", "allocation_office"),
    *("respite", "bpa", "physiotherapy", "occupational_therapy", "mental_health"),
    *("psychologist", "refugee_service", "culture_school", "slt", "police", "gp", "dentist"),
    *("bup", "habu", "hospital", "statped", "family_counselling", "crisis_centre", "ot"),
    *("upper_secondary", "interpreter", "other"),
]
CONCERNS = get_args(Concern)
# Words that are bokmål and cannot stand in a nynorsk text.
BOKMAAL = re.compile(
    r"\b(ikke|jeg|dere|deres|dem|hva|hvem|hvor|hvordan|hvorfor|hvilke|hvilken|hvis|hver|noe|noen"
    r"|mer|flere|en|et|annen|annet|fra|selv|bare|sammen|alene|uten|innen|senere|bedre|nå"
    r"|tjeneste[nr]?|tjenestene|\w+tjeneste[nr]?|opplysninger|opplysningene|taushetsplikt|ansatte?"
    r"|foresatte?|skole[nr]?|\w+skole[nr]?|enhet(en|er)?|koordinerende|ansvarlig|skriftlig|muntlig"
    r"|tverrfaglig|uker?|måned(en)?|ganger|rettigheter|rettighetene|hjelpen|møtene|papirene"
    r"|skjemaene|samtykker|deltakere|deltakerne|leder(en)?|møteleder|stafettholder|opprettelse"
    r"|oppløsning|være|gjør|gjøre|kommer|ønsker|trekke|trukket|gjelder|tar|sier|ble|skrevet|bor"
    r"|følger?|rettet|slettet|avsluttet|krysset|mister|trenger|skriver|henvendelse)\b"
)


@pytest.fixture(scope="module")
def shipped() -> Profile:
    return profile.load()


@pytest.fixture
def load_own(tmp_path: Path) -> Callable[[str], Profile]:
    def load(toml: str) -> Profile:
        own = tmp_path / "own.toml"
        own.write_text(toml, "utf-8")
        return profile.load(own)

    return load


def wordings(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the shipped file that holds a wording, with its path."""
    if isinstance(value, list):
        for item in value:
            yield from wordings(item, path)
    elif isinstance(value, dict):
        if isinstance(value.get("nb"), dict):  # a word that is inflected
            for form in value["nb"]:
                yield f"{path}.{form}", {each: value[each][form] for each in LANGUAGES}
            return
        if "nb" in value:
            yield path, value
        for key, item in value.items():
            yield from wordings(item, f"{path}.{key}".strip("."))


# What is shipped


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_eleven_papers_have_a_title(shipped: Profile, language: str) -> None:
    titles = {shipped.title(kind, language) for kind in KINDS}
    assert len(titles) == 11


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_services_and_arenas_can_be_chosen(shipped: Profile, language: str) -> None:
    assert list(shipped.services(language)) == SERVICES
    assert list(shipped.arenas(language)) == ARENAS
    assert len(set(shipped.services(language).values())) == len(SERVICES)
    assert len(set(shipped.arenas(language).values())) == len(ARENAS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_says_what_happens_next(shipped: Profile, kind: str, language: str) -> None:
    texts = shipped.texts(kind, language, DAY)
    assert texts["next"]
    assert list(texts)[-1] == "next"


def test_a_consent_says_everything_that_must_be_said_before_signing(shipped: Profile) -> None:
    assert list(shipped.texts("consent", "nb", DAY)) == [
        *("intro", "declaration", "signed_instead"),
        *("voluntary", "purpose", "scope", "exclusions", "child_heard", "who_signs"),
        *("duration", "withdraw", "exceptions", "new_consent", "archive"),
        *("privacy", "privacy_rights", "next"),
    ]
    assert shipped.legal("consent", "nb", DAY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("concern", CONCERNS)
def test_headings_belong_to_texts(shipped: Profile, language: str, concern: Concern) -> None:
    for kind in KINDS:
        texts = shipped.texts(kind, language, concern=concern)
        assert set(shipped.headings(kind, language, concern=concern)) <= set(texts)
    unread = set(shipped.texts("consent", language)) - set(shipped.headings("consent", language))
    assert unread == {"intro", "declaration", "signed_instead"}


#: what must be said before anybody signs, and a few words that say it
CLAUSES = {
    "it is voluntary": "frivillig",
    "what a no means": "Sier du nei, mister ingen rettighetene",
    "the purpose": "bare brukes til formålene som er krysset av",
    "which services and what information": "bare tjenestene og opplysningene som er krysset av",
    "which direction": "hente opplysninger derfra, gi opplysninger dit, eller begge",
    "only what is needed": "aldri mer enn det som er nødvendig",
    "what may be left out": "enkelte opplysninger ikke skal deles",
    "withdrawn at any time, in whole or in part": "når som helst: alt, eller bare for en tjeneste",
    "orally or in writing": "muntlig eller skriftlig",
    "with effect forward": "gjelder framover. Det som alt er delt, kan vi ikke hente tilbake",
    "until when": "til og med datoen",
    "what then": "Etter datoen deler vi ikke mer",
    "the duty to report": "melde fra til barnevernstjenesten .*menneskehandel.*atferdsvansker",
    "danger to life": "fare for noens liv eller helse",
    "who signs": "skriver? under",
    "when it is valid": "gjelder, deler vi ingenting",
    "the controller": "Eksempel kommune er behandlingsansvarlig",
    "the data protection officer": "Personvernombudet når du på telefon",
    "consent is not the legal basis": "Det er ikke det rettslige grunnlaget",
    "who receives": "går bare til tjenesten som tar imot samtykket, og til tjenestene som er",
    "the archive": "så lenge reglene for dem krever",
    "archived even if withdrawn": "også hvis du trekker samtykket tilbake",
    "rights": "rett til å se opplysningene og til å få rettet",
    "where to complain": "klage til Datatilsynet",
    "when a new consent is needed": "En ny tjeneste skal være med",
}


@pytest.mark.parametrize("concern", ["child", "adult"])
def test_every_clause_of_a_consent_is_there(shipped: Profile, concern: Concern) -> None:
    texts = shipped.texts("consent", "nb", DAY, concern)
    said = " ".join(paragraph for key in texts if key != "next" for paragraph in texts[key])
    assert [clause for clause, words in CLAUSES.items() if not re.search(words, said)] == []
    assert bool(re.search("Barnet har rett til å bli hørt", said)) == (concern == "child")


# Whom a paper concerns


@pytest.mark.parametrize(
    ("language", "child"),
    [("nb", r"barn(et|ets)?\b|foreldre"), ("nn", r"barn(et)?\b|foreldre"), ("en", "child|parent")],
)
def test_an_adult_is_not_told_of_a_child(shipped: Profile, language: str, child: str) -> None:
    texts = shipped.texts("consent", language, DAY, "adult")
    assert "child_heard" not in texts
    told = {key for key, words in texts.items() if re.search(child, " ".join(words))}
    assert told == {"exceptions"}  # the duty to report is to help any child
    as_child = shipped.texts("consent", language, DAY)
    assert {key for key in texts if texts[key] != as_child[key]} == {
        *("intro", "signed_instead", "who_signs", "duration", "new_consent")
    }


@pytest.mark.parametrize("concern", ["anonymous", "system"])
@pytest.mark.parametrize("kind", ["invitation", "minutes"])
def test_a_paper_that_names_nobody_speaks_of_no_child_and_no_consent(
    shipped: Profile, kind: str, concern: Concern
) -> None:
    words = " ".join(shipped.texts(kind, "nb", DAY, concern)["confidentiality"])
    assert not re.search("barnet|familien|samtykk|taushetsplikt", words)
    named = " ".join(shipped.texts(kind, "nb", DAY)["confidentiality"])
    assert words != named
    heading = shipped.headings(kind, "nb", DAY, concern)["confidentiality"]
    assert heading != shipped.headings(kind, "nb", DAY)["confidentiality"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_names_somebody_is_stamped_and_by_both_acts(
    shipped: Profile, language: str
) -> None:
    stamps = {concern: shipped.exempt(language, DAY, concern) for concern in CONCERNS}
    assert stamps["child"] == stamps["adult"]
    assert len(re.findall("§\N{NO-BREAK SPACE}13", stamps["child"])) == 2
    assert stamps["anonymous"] == stamps["system"] == ""


def test_an_own_text_is_for_all_whom_no_other_is_for(load_own: Callable[[str], Profile]) -> None:
    own = load_own(
        """
        [texts.minutes]
        remarks = {nb = "Til alle", nn = "Til alle"}
        remarks_adult = {nb = "Til voksne", nn = "Til vaksne"}
        remarks_system = {nb = "På systemnivå", nn = "På systemnivå"}
        """
    )
    said = [own.texts("minutes", "nb", DAY, concern)["remarks"] for concern in CONCERNS]
    assert said == [["Til alle"], ["Til voksne"], ["Til alle"], ["Til alle"], ["På systemnivå"]]


# The law


#: for each service, the act that binds those who work there to confidentiality
BOUND_BY = {
    "helsepersonelloven": ["physiotherapy", "occupational_therapy", "psychologist", "gp"],
    "helse- og omsorgstjenesteloven": [
        *("health_clinic", "school_health", "family_team", "coordinating_unit"),
        *("allocation_office", "respite", "bpa", "mental_health"),
    ],
    "spesialisthelsetjenesteloven": ["bup", "habu", "hospital"],
    "tannhelsetjenesteloven": ["dentist"],
    "barnehageloven": ["kindergarten"],
    "opplæringslova": ["school", "after_school", "ppt", "statped", "ot", "upper_secondary"],
    "barnevernsloven": ["child_welfare"],
    "NAV-loven": ["nav"],
    "sosialtjenesteloven": ["nav"],
    "integreringsloven": ["refugee_service"],
    "politiregisterloven": ["police"],
    "familievernkontorloven": ["family_counselling"],
    "krisesenterlova": ["crisis_centre"],
    "tolkeloven": ["interpreter"],
    "forvaltningsloven": ["culture_school", "slt", "other"],
}


def test_a_consent_names_the_act_of_every_service_that_can_be_ticked(shipped: Profile) -> None:
    assert {*shipped.all_services} == {code for codes in BOUND_BY.values() for code in codes}
    acts = "\n".join(shipped.legal("consent", "nb", DAY))
    assert [act for act in BOUND_BY if not re.search(rf"(?<![\w-]){act}\b", acts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "sections"),
    [
        ("consent", "4-3 4-4 4-5 4-7 3-4 3-6 22 12-1 13-1 6-1 7 44 5"),
        ("ip_application", "7-1 7-2 2-5 15-9"),
        ("ke_group_created", "22 7-3"),
        ("ke_group_dissolved", "22 7-3"),
        ("ke_coordinator_changed", "22 7-2 7-3"),
        ("ke_ip_declined", "22 7-1 7-2 7-3"),
    ],
)
def test_a_paper_names_the_sections_it_rests_on(
    shipped: Profile, kind: str, sections: str, language: str
) -> None:
    acts = "\n".join(shipped.legal(kind, language, DAY))
    missing = [
        each for each in sections.split() if not re.search(rf"(?<![\d-]){each}(?![\d-])", acts)
    ]
    assert missing == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("ke_")])
def test_what_lets_a_notification_be_sent_is_the_consent(shipped: Profile, kind: str) -> None:
    first, *_others = shipped.legal(kind, "nb", DAY)
    assert "samtyk" in first


@pytest.mark.parametrize("text", ["consent.privacy", "ip_application.privacy", "site.privacy"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legal_basis_is_named_by_article_and_letter(
    shipped: Profile, text: str, language: str
) -> None:
    words = " ".join(shipped.text(text, language, DAY))
    article_6 = r"6\(1\)\(c\).* and \(e\)|artikkel 6 nr\. 1 bokstav c .*og e\b"
    article_9 = r"9\(2\)\(g\).* and \(h\)|artikkel 9 nr\. 2 bokstav g .*og h\b"
    assert re.search(article_6, words)
    assert re.search(article_9, words)


@pytest.mark.parametrize("language", PAPER_LANGUAGES)
def test_the_acts_are_not_called_what_the_consent_says_that_it_is_not(
    shipped: Profile, language: str
) -> None:
    """A consent is no legal basis under the GDPR, and says so right above its list of acts."""
    assert "rettsl" in " ".join(shipped.text("consent.privacy", language, DAY))
    assert "rettsl" not in papers.of(ConsentForm, language).phrases["legal"].casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_who_keeps_what_and_where_to_complain(shipped: Profile, language: str) -> None:
    for kind in ("consent", "ip_application"):
        texts = shipped.texts(kind, language, DAY)
        privacy = " ".join(texts["privacy"] + texts.get("privacy_rights", []))
        for needed in ("www.datatilsynet.no", "ar[ck]h?iv", "Eksempel", r"61\s70\s00\s20"):
            assert re.search(needed, privacy), (kind, needed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_may_complain_where_there_is_a_right(shipped: Profile, language: str) -> None:
    """The law gives a right to a plan and to both kinds of coordinator, and to no group."""
    right, *_how, none = shipped.text("ip_application.complaint", language, DAY)
    group = shipped.word("responsibility_group.indefinite", language)
    assert shipped.word("complaint_deadline", language) in right
    assert group in none.casefold()
    assert group not in right


@pytest.mark.parametrize("page", ["privacy", "accessibility", "contact"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_footer_page_has_paragraphs_under_headings(
    shipped: Profile, page: str, language: str
) -> None:
    paragraphs = shipped.text(f"site.{page}", language)
    headings = [n for n, paragraph in enumerate(paragraphs) if paragraph.startswith("## ")]
    assert headings
    assert not any(paragraphs[n + 1].startswith("## ") for n in headings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_with_a_placeholder_or_a_line_break(
    shipped: Profile, language: str
) -> None:
    for group in (*KINDS, "site"):
        for concern in CONCERNS:
            for paragraphs in shipped.texts(group, language, DAY, concern).values():
                assert all(p and not re.search(r"[{}\n]|  ", p) for p in paragraphs)


def test_every_wording_is_written_in_all_three_languages() -> None:
    assert not [path for path, wording in wordings(SHIPPED) if not {"nb", "nn", "en"} <= {*wording}]


def test_the_three_languages_have_the_same_paragraphs_and_placeholders() -> None:
    for path, wording in wordings(SHIPPED["texts"] | SHIPPED["legal"]):
        shapes = {
            # of a word, each language needs a form of its own
            (text.strip().count("\n\n"), *sorted(re.findall(r"\{(?!words\.\w+\.)[^}]*\}", text)))
            for text in (wording[language] for language in LANGUAGES)
        }
        assert len(shapes) == 1, path


def test_nynorsk_is_not_bokmaal() -> None:
    for path, wording in wordings(SHIPPED):
        if path.startswith(("word_lists", "legal")):
            continue
        assert not BOKMAAL.findall(wording["nn"].casefold()), path


@pytest.mark.parametrize(
    "word",
    [
        r"papir\w*(?<!på papir)",  # a thing is a document or a form; only what lies there is paper
        *("udelt", "løyveerklæring", "tillatelseserklæring", "stedfortredar", "utkast"),
        r"NAV\b(?!-lov)",  # the act's name; the service is called Nav
        "dekker|dekkjer",  # a consent is said to omfatte
    ],
)
def test_one_thing_has_one_name(word: str) -> None:
    said = {
        path
        for path, wording in wordings(SHIPPED)
        if not path.startswith("word_lists") and re.search(word, wording["nb"] + wording["nn"])
    }
    assert said == set()


def test_the_invented_municipality_cannot_be_taken_for_a_real_one(shipped: Profile) -> None:
    # organisation numbers in use begin with 8 or 9
    assert shipped.municipality("nb")["organisation_number"][0] not in "89"
    emails = [office.email for office in shipped.offices.values()] + [shipped.sender.email]
    assert all(email.endswith("@eksempel.no") for email in emails)


# Arenas


def test_a_meeting_on_system_level_has_no_child_no_consent_and_no_family(shipped: Profile) -> None:
    system = [arena for arena in shipped.all_arenas.values() if arena.level == "system"]
    assert [arena.code for arena in system] == ["resource_group", "steering_group", "slt_meeting"]
    assert {(arena.consent, arena.family) for arena in system} == {("none", False)}


def test_only_the_agencies_meeting_must_tell_the_family_afterwards(shipped: Profile) -> None:
    tells = [arena.code for arena in shipped.all_arenas.values() if arena.feedback_to_family]
    assert tells == ["agencies_meeting"]


def test_a_responsibility_group_is_convened_by_the_coordinator_a_week_ahead(
    shipped: Profile,
) -> None:
    arena = shipped.arena("responsibility_group")
    assert (arena.agenda_days, arena.duration_minutes) == (7, 60)
    assert (arena.consent, arena.family) == ("required", True)
    assert arena.convenes["nn"] == arena.chairs["nn"] == "koordinator"


@pytest.mark.parametrize("code", ["resource_team", "discussion_other_services"])
def test_some_cases_may_be_raised_without_a_name(shipped: Profile, code: str) -> None:
    assert shipped.arena(code).consent == "required_or_anonymous"


# Who signs


@pytest.mark.parametrize(
    ("age", "rule"),
    [
        (-1, SigningRule("all", False)),
        (0, SigningRule("all", False)),
        (14, SigningRule("all", False)),
        (15, SigningRule("all", True)),
        (16, SigningRule("none", True)),
        (17, SigningRule("none", True)),
        (18, SigningRule("none", True)),
        (70, SigningRule("none", True)),
    ],
)
def test_who_signs_follows_the_age(shipped: Profile, age: int, rule: SigningRule) -> None:
    assert shipped.signing_rule(age, ["individual_plan"], DAY) == rule
    assert shipped.rules_version == "2026-1"


def test_one_purpose_can_have_ages_of_its_own_and_the_strictest_rules(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        """
        [[age_rules]]
        from = 2027-01-01
        version = "Sel 2027"
        ages = [
          {from_age = 0, guardians = "one", young_person = false},
          {from_age = 18, guardians = "none", young_person = true},
        ]
        [age_rules.purposes]
        relay_log = [
          {from_age = 0, guardians = "all", young_person = false},
          {from_age = 15, guardians = "none", young_person = true},
          {from_age = 18, guardians = "none", young_person = true},
        ]
        """
    )
    day = date(2027, 1, 1)
    assert own.signing_rule(15, ["individual_plan"], day) == SigningRule("one", False)
    assert own.signing_rule(15, ["relay_log"], day) == SigningRule("none", True)
    assert own.signing_rule(15, ["relay_log", "transition"], day) == SigningRule("one", True)
    assert own.rules_on(day).version == "Sel 2027"
    assert own.signing_rule(15, ["relay_log"], DAY) == SigningRule("all", True)


@given(age=st.integers(-1, 120), purposes=st.lists(st.sampled_from(profile.PURPOSES)))
def test_somebody_always_signs(shipped: Profile, age: int, purposes: list[str]) -> None:
    rule = shipped.signing_rule(age, purposes, DAY)
    assert rule.young_person or rule.guardians != "none"


def test_a_consent_names_each_purpose_that_a_rule_may_be_about() -> None:
    """The codes are the profile's, the labels the form's: neither has one that the other lacks."""
    assert tuple(consent_parts.PURPOSES) == profile.PURPOSES


# Words and texts that change


def test_the_newest_text_valid_on_the_day_is_used(load_own: Callable[[str], Profile]) -> None:
    own = load_own(
        """
        [[texts.consent.voluntary]]
        from = 2028-01-01
        nb = "Ny i 2028"
        nn = "Ny i 2028"
        [[texts.consent.voluntary]]
        from = 2027-01-01
        nb = "Ny i 2027"
        nn = "Ny i 2027"
        """
    )
    days = (DAY, date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    first, *later = [own.text("consent.voluntary", "nn", day)[0] for day in days]
    assert first.startswith("Det er frivillig")
    assert later == [first, "Ny i 2027", "Ny i 2027", "Ny i 2028"]
    assert own.text("consent.voluntary", "nb", date(2020, 1, 1))[0].startswith("Det er frivillig")


def test_own_texts_stay_when_a_later_release_ships_newer_ones() -> None:
    newer = [{"from": date(y, 1, 1), "nb": f"levert {y}", "nn": "x"} for y in (2026, 2029)]
    own = [{"from": date(2027, 1, 1), "nb": "egen", "nn": "eigen"}]
    laid = laid_over(newer, own)  # it cannot be seen from outside before 2029
    assert [version["nb"] for version in laid] == ["levert 2026", "egen"]  # type: ignore[attr-defined]


def test_a_title_can_change_on_a_day_too(load_own: Callable[[str], Profile]) -> None:
    own = load_own(
        """
        [[titles.minutes]]
        from = 2027-01-01
        nb = "Møtereferat"
        nn = "Møtereferat"
        """
    )
    assert own.title("minutes", "nb", date(2026, 12, 31)) == "Referat"
    assert own.title("minutes", "nb", date(2027, 1, 1)) == "Møtereferat"


def test_an_own_file_is_laid_over_the_shipped_one_key_by_key(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        """
        [municipality]
        name = "Sel kommune"
        [titles]
        ip_application = {nb = "Henvendelse om individuell plan"}
        [limits]
        consent_months = 6
        [services]
        family_team = {nb = "Innsatsteam", nn = "Innsatsteam", en = "Response team"}
        statped = {enabled = false}
        """
    )
    assert own.name("en") == "Sel kommune"
    assert own.municipality("nb")["phone"] == "61 70 00 00"
    assert own.title("ip_application", "nb") == "Henvendelse om individuell plan"
    assert own.title("ip_application", "nn") == "Søknad om individuell plan og koordinator"
    assert (own.limits.consent_months, own.limits.adult_age) == (6, 18)
    assert own.services("nn")["family_team"] == "Innsatsteam"
    assert "statped" not in own.services("nb")
    assert own.all_services["statped"].name["nb"] == "Statped"


def test_an_arena_is_switched_off_renamed_or_added_without_code(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        """
        [arenas.steering_group]
        enabled = false
        [arenas.responsibility_group]
        name = {nb = "IP-gruppemøte", nn = "IP-gruppemøte", en = "Plan group meeting"}
        [arenas.coffee]
        name = {nb = "Kaffemøte", nn = "Kaffimøte"}
        convenes = "helsesykepleier"
        participants = "familien"
        how_often = {nb = "hver uke", nn = "kvar veke"}
        written = {nb = "Ingenting.", nn = "Ingenting."}
        """
    )
    assert "steering_group" not in own.arenas("nb")
    assert own.arena("steering_group").level == "system"
    assert own.arenas("nb")["responsibility_group"] == "IP-gruppemøte"
    assert own.arenas("en")["coffee"] == "Kaffemøte"
    coffee = own.arena("coffee")
    assert (coffee.consent, coffee.family, coffee.agenda_days) == ("required", True, None)


def test_placeholders_hold_the_municipalitys_own_facts(load_own: Callable[[str], Profile]) -> None:
    own = load_own(
        """
        [municipality]
        name = {nb = "Sel kommune", nn = "Sel kommune"}
        phone = "+4761234567"
        [words]
        complaint_deadline = {nb = "tre uker", nn = "tre veker"}
        """
    )
    assert "Sel kommune er behandlingsansvarlig" in own.text("consent.privacy", "nb")[0]
    assert (
        "61\N{NO-BREAK SPACE}23\N{NO-BREAK SPACE}45\N{NO-BREAK SPACE}67"
        in own.text("consent.withdraw", "en")[1]
    )
    assert "Fristen er tre veker" in own.text("ip_application.complaint", "nn")[0]
    assert "minst 5 har svart" in own.text("evaluation.few", "nn")[0]


def test_a_word_stands_in_texts_titles_headings_and_names(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        own_word("absence", "frafall")
        + """
        [titles]
        minutes = "Referat med {words.absence.plural}"
        [headings.minutes]
        remarks = "{words.Absence.definite}"
        [texts.minutes]
        remarks = "{words.absence.article} {words.absence.indefinite}, {municipality.name}"
        [arenas.samba]
        name = "{words.Absence.compound}møte"
        [services]
        ppt = "{words.absence.definite_plural}"
        [legal]
        minutes = "loven om {words.absence.indefinite}"
        """
    )
    assert own.title("minutes", "nb") == "Referat med frafall-plural"
    assert own.headings("minutes", "nn")["remarks"] == "Frafall-definite"
    article, word = "frafall-article", "frafall-indefinite"
    assert own.text("minutes.remarks", "nb") == [f"{article} {word}, Eksempel kommune"]
    assert own.arena("samba").name["en"] == "Frafall-compoundmøte"
    assert own.services("nb")["ppt"] == "frafall-definite_plural"
    assert own.legal("minutes", "nb") == [f"loven om {word}"]


def test_a_text_says_the_new_word_from_the_day_of_the_word(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        own_word("absence", "frafall", since="2027-07-01")
        + """
        [[titles.minutes]]
        from = 2026-01-01
        nb = "Referat ({words.absence.definite})"
        nn = "Referat"
        [[titles.minutes]]
        from = 2027-09-01
        nb = "Møtereferat ({words.absence.definite})"
        nn = "Møtereferat"
        """
    )
    days = (date(2027, 6, 30), date(2027, 7, 1), date(2027, 8, 31), date(2027, 9, 1))
    assert [own.title("minutes", "nb", day) for day in days] == [
        "Referat (forfallet)",
        *["Referat (frafall-definite)"] * 2,
        "Møtereferat (frafall-definite)",
    ]


def test_what_the_profile_does_not_have_is_named() -> None:
    here = profile.load()
    for ask, key in (
        (lambda: here.text("consent.nothing", "nb"), "texts.consent.nothing"),
        (lambda: here.title("nothing", "nb"), "titles.nothing"),
        (lambda: here.arena("nothing"), "arenas.nothing"),
        (lambda: here.office("nothing", "nb"), "offices.nothing"),
        (lambda: here.word("nothing", "nb"), "words.nothing"),
    ):
        with pytest.raises(NotInProfile, match=f"^The municipality's profile has no {key}"):
            ask()


def test_words_to_look_for_are_found_in_every_language(shipped: Profile) -> None:
    assert {"mente at", "meinte at", "said that"} <= shipped.phrases("discussion")
    assert "ressurstildeling" in shipped.phrases("resources")


# Mistakes


FROM_0 = '{from_age = 0, guardians = "all", young_person = false}'
FROM_18 = '{from_age = 18, guardians = "none", young_person = true}'


def ages(*rows: str) -> str:
    return f'[[age_rules]]\nfrom = 2027-01-01\nversion = "a"\nages = [{", ".join(rows)}]\n'


def own_word(key: str, word: str, *, more: str = "", since: str = "") -> str:
    """A word of the municipality's own: what it is called tells one form from the others."""
    forms = more + ", ".join(f'{form} = "{word}-{form}"' for form in FORMS)
    head = f"[[words.{key}]]\nfrom = {since}" if since else f"[words.{key}]"
    return f"{head}\n" + "".join(f"{language} = {{{forms}}}\n" for language in LANGUAGES)


MISTAKES = {
    "a key that is misspelt": ('[titels]\nminutes = "Referat"', "titels: .* did you mean titles?"),
    "a limit that is misspelt": ("[limits]\nconsent_month = 6", "limits.consent_month: .*months?"),
    "text where a number is wanted": ('[limits]\nfew = "fem"', "limits.few: .*a number"),
    "a number below one": ("[limits]\nfew = 0", "limits.few: must be 1 or more"),
    "true where a number is wanted": ("[limits]\nfew = true", "limits.few: .*a number"),
    "an idle limit that nobody can work with": (
        "[accounts]\nidle_minutes = 4",
        "must be 5 or more",
    ),
    "a second factor of a role that is not": (
        '[accounts]\nsecond_factor = ["boss"]',
        "accounts.second_factor: names «boss»; write some of referent",
    ),
    "more months than allowed": ("[limits]\nconsent_months = 99", "must not be above"),
    "no nynorsk": ('[titles]\nnew = {nb = "Ny"}', 'titles.new.nn: .*nn = "…"'),
    "an empty wording": ('[titles]\nminutes = {nb = " "}', "titles.minutes.nb: holds no text"),
    "a control character": ('[titles]\nminutes = {nb = "a\\u0000"}', "titles.minutes.nb: "),
    "an unknown language": ('[titles]\nminutes = {se = "Referáhtta"}', "titles.minutes.se: "),
    "a wrong organisation number": (
        '[municipality]\norganisation_number = "123456784"',
        "municipality.organisation_number: must be nine digits",
    ),
    "a phone number with spaces": ('[municipality]\nphone = "61 70"', "municipality.phone: "),
    "no e-mail address": ('[offices.administrator]\nemail = "post"', "administrator.email: "),
    "an office that is a word": ('[offices]\nadministrator = "Berit"', "administrator: must be a"),
    "an unknown choice": (
        '[arenas.samba]\nconsent = "maybe"',
        "arenas.samba.consent: is «maybe»; write one of required, none",
    ),
    "a child on system level": (
        '[arenas.samba]\nlevel = "system"',
        "arenas.samba: level .* consent = .none. and family = false",
    ),
    "an arena's code with a space": ('[arenas."a b"]', "arenas.a b: an arena's code has small"),
    "an arena without a name": ('[arenas.ab]\nlevel = "case"', "arenas.ab.name: is missing"),
    "a placeholder that stands for nothing": (
        '[[texts.site.contact]]\nfrom = 2027-01-01\nnb = "{municipality.fax}"\nnn = "x"',
        "texts.site.contact: .* municipality.fax",
    ),
    "a text in another group": (
        '[texts.consent]\nvoluntary = {nb = "{no}", nn = "x"}',
        "texts.consent.voluntary: a placeholder in the nb text",
    ),
    "two versions on one day": (
        '[[titles.minutes]]\nfrom = 2027-01-01\nnb = "A"\nnn = "A"\n' * 2,
        "titles.minutes: .* share a day",
    ),
    "a version without a day": (
        '[titles]\nminutes = [{nb = "A", nn = "A"}]',
        "titles.minutes.from: .*from = 2026-01-01",
    ),
    "no versions": ("[titles]\nminutes = []", "titles.minutes: needs one version"),
    "a word list that is a word": (
        '[word_lists.discussion]\nnb = "sa at"',
        "word_lists.discussion.nb: ",
    ),
    "an empty word list": ("[word_lists.discussion]\nnb = []", "word_lists.discussion.nb: must"),
    "age rules without a day": ("age_rules = []", r"age_rules: .*\[\[age_rules\]\]"),
    "ages that begin too late": (
        ages('{from_age = 1, guardians = "all", young_person = false}'),
        "age_rules.ages: must begin with from_age = 0",
    ),
    "an adult whose parents sign": (
        ages('{from_age = 0, guardians = "all", young_person = false}'),
        "age_rules.ages: from_age = 18 must be there",
    ),
    "nobody who signs": (
        ages('{from_age = 0, guardians = "none", young_person = false}'),
        "age_rules.ages: from_age = 0: nobody signs",
    ),
    "ages for an unknown purpose": (
        ages(FROM_0, FROM_18) + "[age_rules.purposes]\nrelay = []",
        "age_rules.purposes.relay: is not known here; did you mean relay_log?",
    ),
    "an arena key that nothing reads": (
        '[arenas.samba]\nmodels = ["BTI"]',
        "arenas.samba.models: is not known here; known: name, ",
    ),
    "an arena key that is misspelt": (
        "[arenas.samba]\nduration_minute = 45",
        "arenas.samba.duration_minute: .* did you mean duration_minutes?",
    ),
    "an office that no text names": (
        '[offices.coordinating_units]\nname = "KE"',
        "offices.coordinating_units: .* did you mean coordinating_unit?",
    ),
    "a word that no text names": (
        '[words]\nlunch = "lunsj"',
        "words.lunch: is not known here; known: complaint_deadline, exempt",
    ),
    "a word that is not inflected": (
        '[words]\nabsence = "frafall"',
        "words.absence: needs all its forms; write nb = {indefinite",
    ),
    "a word without all of its forms": (
        '[words.absence]\nnb = {indefinite = "frafall"}\nnn = {indefinite = "fråfall"}',
        'words.absence.nb.definite: is missing .* write definite = "…"; all forms go together',
    ),
    "a form of a word that is misspelt": (
        own_word("absence", "frafall", more='plurals = "frafall", '),
        "words.absence.nb.plurals: .* did you mean plural?",
    ),
    "a word in one language": (
        "[words.absence]\nnb = {" + ", ".join(f'{form} = "x"' for form in FORMS) + "}",
        "words.absence.nn: ",
    ),
    "a word that would be filled in again": (
        own_word("absence", "{limits.few}"),
        "words.absence.indefinite: holds {, } or %",
    ),
    "a word that there is not, in a title": (
        '[titles]\nminutes = "{words.absense.plural}"',
        "titles.minutes: a placeholder is not known. .* has no words.absense.plural",
    ),
    "a form that there is not, in an arena's name": (
        '[arenas.samba]\nname = "{words.absence.dative}"',
        "arenas.samba.name: a placeholder is not known. .* has no words.absence.dative",
    ),
    "a fact in a heading": (
        '[headings.minutes]\nremarks = "{municipality.name}"',
        "headings.minutes.remarks: only {words.…} can stand here, and not {municipality.name}",
    ),
    "a word list that nothing looks for": (
        '[word_lists.discusion]\nnb = ["sa at"]\nnn = ["sa at"]',
        "word_lists.discusion: .* did you mean discussion?",
    ),
    "a page that is not there": (
        '[texts.site]\nprivacy_ = "x"',
        "texts.site.privacy_: .* did you mean privacy?",
    ),
    "a heading over no text": (
        '[headings.minutes]\nremark = "Merknader"',
        "headings.minutes.remark: .* did you mean remarks?",
    ),
    "a heading for a group without texts": (
        '[headings.minute]\nremarks = "Merknader"',
        "headings.minute.remarks: is not known here; known: none",
    ),
    "what is no TOML": ("[titles", "own.toml: is not TOML"),
}


@pytest.mark.parametrize("fault", MISTAKES)
def test_a_mistake_is_refused_with_the_key_and_the_mend(
    fault: str, load_own: Callable[[str], Profile]
) -> None:
    toml, message = MISTAKES[fault]
    with pytest.raises(InvalidProfile, match=message) as refused:
        load_own(toml)
    assert str(refused.value).startswith("The municipality's profile, ")


def test_an_own_office_and_an_own_word_stand_where_a_text_names_them(
    load_own: Callable[[str], Profile],
) -> None:
    own = load_own(
        """
        [offices.family_centre]
        name = {nb = "Familiens hus", nn = "Huset for familiar"}
        [words]
        entrance = {nb = "inngang B", nn = "inngang B"}
        [texts.minutes]
        remarks = {nb = "{offices.family_centre.name}, {words.entrance}", nn = "x"}
        """
    )
    assert own.text("minutes.remarks", "nb") == ["Familiens hus, inngang B"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile, match=r"missing\.toml: cannot be read .*FORMSVC_PROFILE"):
        profile.load(tmp_path / "missing.toml")
