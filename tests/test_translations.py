"""The catalogues hold every text of the code in nynorsk and English, and nynorsk is nynorsk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from formsvc import profile
from formsvc.config import PACKAGE
from formsvc.language import LANGUAGES, SOURCE, gettext, ngettext, speaking

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]

#: what to do when a text is new or gone, and when only the compiled words are old
FETCH = "Run the two pybabel commands at the top of babel.cfg, and translate what they bring."
COMPILE = "Run: pybabel compile -d formsvc/translations"

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{words\.[\w.]+\}")
VALUE = re.compile(r"%\(\w+\)[sd]")
#: «PDF-en» is inflected alike in both, so that what follows a hyphen counts with its word
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
QUOTED = re.compile(r"«[^»]*»|‘[^’]*’")

#: sentences of more than three words that are the same in bokmål and nynorsk, letter for letter
COINCIDE = {
    "Dette har du rett til å vite",
    "PDF-en har JavaScript. Ta bort alle skript.",
    "PDF-en har film, lyd eller 3D. Ta det bort.",
    "Be om docx, pdf, fillable eller flattened.",
    "Den andre med foreldreansvar har alltid rett til å uttale seg.",
    "Begge med foreldreansvar skal skrive under. Legg til den andre.",
    "Den som har ansvaret for planen",
    "Dato for avklaring med familien",
    "Dato for informasjon om individuell plan",
    "Barnekoordinator er for barn under %(age)s år. Ta bort krysset for det.",
    "Den som tok imot beskjeden",
    "Det er bestilt tolk",
    "Dette er det første møtet",
    (
        "Du har ført opp {words.absence.indefinite}. Ta bort krysset for «Ingen"
        " {words.absence.indefinite}», eller ta bort radene."
    ),
    "Bli med i videomøtet",
    "Dato for evaluering av planen",
    "Legg til oppfølging på systemnivå",
    "Skriv telefonen eller e-posten som referenten har på jobben.",
    "Du har ført opp tiltak. Ta bort krysset for «Ingen nye tiltak», eller ta bort radene.",
    "Du må logge inn",
    "Forslag før du ferdigstiller",
    "Frist for å melde saker",
    "Har søkt om individuell plan",
    "Her skal det stå true eller false.",
    "Individuell plan og koordinator",
    "Informasjon om individuell plan",
    "Informert om individuell plan",
    "Kort evaluering av møtet",
    "Les dette før du fyller ut",
    "Lever eller send skjemaet til %(to)s.",
    "Logg inn og prøv igjen.",
    "Passordet til alle er %(password)s.",
    "Sakslista er avtalt med familien",
    "Skriv datoen for det første møtet.",
    "Skriv datoen for møtet.",
    "Skriv datoen for neste møte.",
    "Skriv datoen for planen.",
    "Skriv fødselsdatoen til barnet.",
    "Skriv fødselsnummeret, eller ta bort krysset over.",
    "Skriv også trinn eller avdeling.",
    "Skriv postnummeret med fire siffer.",
    "Skriv telefon, e-post eller adresse, slik at kommunen kan svare.",
    "Skriv telefonnummeret med åtte siffer, eller med landkode: +46 …",
    "Termindatoen er for langt fram i tid. Rett datoen.",
    "Til arkivet og til å lese.",
    "Til foreldre og ungdom",
    "Vil du slette kladden?",
}

#: bokmål, or good nynorsk that this house says in another way (se is sjå, da is då)
BOKMAL = frozenset(
    WORD.findall(
        """
    adressen alene allerede anførselstegn annen annet ansatt ansatte ansvarlig ansvarlige avsender
    avsluttes avsluttet bare barnets bedre bekymret ble bolig brukerskjemaet brukes bygger byttes
    da dager daglig datoene dekke dekker deltaker deltakere deltakeren deltakerne dem dere deres
    derfra disse drøftes dypere dårlig egne en endres endret endringen enhet enheten enige ennå et
    ett etternavn evalueres familiens fikk finnes fjernet flere flytter flyttet foresatt foresatte
    forespørsel forespørselen formøte fornavn forrige fortell fortsatt fortsett fortsetter fra
    fravær fylles ga galt ganger gikk gis gjelder gjør gjøre gjøres godkjennes hel hele helt henter
    hentes hjem hjemme hodet hovedinnhold huske hva hvem hver hverandre hvert hvilke hvilken
    hvilket hvis hvor hvordan hvorfor hører hørt høsten ikke innen innholdet innkallingen
    innkallinger innspill inviteres jeg kaller kjennes kodene koder kommer konklusjoner kontaktes
    koordinerende kopier lages laget lagrer lagret leder lenken leses lest ligner logget mangler
    medlemmer medlemmet meldes meldingen meldinger mellomtiden mener mening mennesker mens mer
    minutter mislykkede mottaker mottatt muntlig mye målene måneder møteleder møtelederen møtene
    møter navn navnet navngitte nettsted nevnt noe noen numre nærmeste områder omsorgen oppgaver
    opplysninger opplysningene oppløsningen oppløst oppnevnes opprettet overtar papirene papirer
    personene personer planer poststed programmer rekken ressurser rettes rettslig riktig rollen
    saken samarbeidspartner samarbeidspartnere samordnet samtykker samtykkets savnet se selv
    sendes senere siden sier skole skolen skrev skrevet skriftlig skriver skrives slettet
    slutter snarest spurt starter startet startsiden sted stede stedet stillingen svarene sykdom
    synspunkter søke søker søkes takket tall tallet tar tas tatt taushetsplikt tegn tekstene
    tekster tidligere tilbakemeldingen tilbud tjeneste tjenesten tjenestene tjenester trekker
    trekkes trenger trengs trukket tverrfaglig uke uker utdyp uten utenom utsatt valgene valgfritt
    valgt vanlige vanskelig varighet vei veien velg velges vennskap venter verdier verge vet videre
    videreføres virkelige virket vises være vært åpne åpnet én ønsker øverst øyeblikk
        """
    )
)
#: endings that only bokmål has
BOKMAL_ENDING = re.compile(
    r"\w{3}((?<!vil)lige?|ligere|het|heten|heter|elsen?|elser|ninge[nr]|ningene)$"
)


@cache
def catalogue(language: str) -> Catalog:
    path = PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts(catalogue: Catalog) -> list[Message]:
    """The entries, without the one that is the head of the file."""
    return [message for message in catalogue if message.id]


def pairs(language: str) -> list[tuple[str, str]]:
    """Each text with its translation; a text for one and for many is two pairs."""
    found: list[tuple[str, str]] = []
    for message in texts(catalogue(language)):
        found.extend(zip(forms(message.id), forms(message.string), strict=True))
    return found


def long(text: str) -> bool:
    """Whether a text is so long that bokmål and nynorsk can hardly say it alike."""
    return len(WORD.findall(PLACEHOLDER.sub("", text))) > 3


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A text alone, or the one for one and the one for many."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def extracted() -> frozenset[tuple[str, ...]]:
    """Every text in the code and the templates, as pybabel finds them."""
    return frozenset(text for _file, text in found_in())


@cache
def found_in() -> frozenset[tuple[str, tuple[str, ...]]]:
    """Each of them, with the file that it stands in."""
    with (PACKAGE.parent / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = DEFAULT_KEYWORDS | parse_keywords(["_l", "ngettext:1,2"])
    return frozenset(
        (file, forms(text))
        for file, _line, text, *_rest in extract_from_dir(PACKAGE, methods, options, keywords)
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_the_texts_of_the_code_and_no_others(language: str) -> None:
    held = {forms(message.id) for message in texts(catalogue(language))}
    assert len(extracted()) > 500, "hardly anything was found to translate"
    assert extracted() - held == set(), FETCH
    assert held - extracted() == set(), FETCH
    assert not catalogue(language).obsolete, FETCH


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_for_certain(language: str) -> None:
    assert [text for text, words in pairs(language) if not words.strip()] == []
    assert [message.id for message in catalogue(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_as_its_text(language: str) -> None:
    wrong = [
        (text, words)
        for text, words in pairs(language)
        if sorted(VALUE.findall(text)) != sorted(VALUE.findall(words))
        or "%" in VALUE.sub("", words)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_ends_as_its_text_does(language: str) -> None:
    """A full stop, a question mark and a colon tell a sentence from a label."""
    ends = re.compile(r"[.?:…]?$")
    wrong = [
        (text, words)
        for text, words in pairs(language)
        if ends.findall(text)[0] != ends.findall(words)[0]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_was_left_in_bokmal(language: str) -> None:
    same = {text for text, words in pairs(language) if text == words and long(text)}
    assert same - (COINCIDE if language == "nn" else set()) == set()


def test_each_coincidence_is_still_one() -> None:
    assert {text for text, words in pairs("nn") if text == words} >= COINCIDE


def test_nynorsk_is_nynorsk() -> None:
    found = {}
    for _text, words in pairs("nn"):
        spoken = set(WORD.findall(PLACEHOLDER.sub("", words).casefold()))
        bokmal = spoken & BOKMAL | {word for word in spoken if BOKMAL_ENDING.search(word)}
        if bokmal:
            found[words] = bokmal
    assert found == {}


def test_english_has_no_norwegian_left_outside_quotations() -> None:
    norwegian = re.compile(r"[æøåÆØÅ«»]")
    assert [words for _text, words in pairs("en") if norwegian.search(QUOTED.sub("", words))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_spoken_is_what_the_catalogue_says(language: str) -> None:
    with speaking(language):
        for message in texts(catalogue(language)):
            one, *many = forms(message.id)
            words = forms(message.string)
            if many:
                said = tuple(ngettext(one, many[0], n) for n in (1, 4))
                words = tuple(form % {"n": n} for form, n in zip(words, (1, 4), strict=True))
            else:
                said = (gettext(one),)
            assert said == tuple(profile.current().said(form, language) for form in words), COMPILE


def test_a_word_that_municipalities_use_differently_is_named_and_not_written() -> None:
    written = re.compile("søknad|forfall|frafall|ansvarsgruppe|henvendelse", re.IGNORECASE)
    said = {words for _file, text in found_in() for words in text}
    assert len(said) > 300
    assert {words for words in said if written.search(words)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_message_names_is_in_the_profile(language: str) -> None:
    """A text and its translations may each name the forms that their grammar needs."""
    said = (
        {words for _text, words in pairs(language)}
        if language in TRANSLATED
        else {form for text in extracted() for form in text}
    )
    held = profile.current()
    filled = {words: held.said(words, language) for words in said}
    assert {words for words in said if re.search(r"\{\s*\w", filled[words])} == set()
