"""What tells headings, bylines, dates, captions and boilerplate from paragraphs, by their words."""

from __future__ import annotations

import functools
import re

from shatterbelt.documents.layout.dates import DAY
from shatterbelt.documents.layout.tables import table
from shatterbelt.documents.layout.tables import words as words_of

SHORT = 60
"""Words that a paragraph of boilerplate has at the most."""

LONG = 1000
"""Characters that a paragraph of boilerplate has at the most."""

BULLET = re.compile(r"(?:[-*+\u2022\u25cf\u25aa\u2023\u00b7]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
"""The mark of a list's item."""

_HIDDEN = re.compile("\u200b+")
_LINK = re.compile(r"!?\[([^\]\[\n]{0,400})\]\([^)\s]{0,2000}(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_END = re.compile(r"[.?!\u2026\u3002](?:[\"')\]]|\[\d{1,3}\])*$")
_NAME = (
    r"(?:(?:de|de la|del|della|di|da|dos|van|van der|von|zu|el|al|bin|ibn|le|la|du)\s+)?"
    r"[^\W\d_a-z][\w'.-]*"
)
_NAMES = re.compile(rf"{_NAME}(?:\s+{_NAME}){{1,4}}")
_BY = re.compile(
    r"(?:by|written by|words by|text by|story by|report by|analysis by|from our|by our|special to)\b:?\s+\S",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\(?(?:additional |further )?"
    r"(?:reporting|writing|editing|translation|translated|edited|compiled|reported)"
    r"(?: and (?:writing|editing|reporting))?(?: contributed)? by\b"
    r"|contributed to this (?:report|article|story)\W*$"
    r"|^(?:author|authors|byline|writer|correspondent)\s*:\s*\S",
    re.IGNORECASE,
)
_OUR = re.compile(
    r"(?:by|from)\s+(?:(?:our|a|the)\s+)?(?:[\w-]+\s+){0,3}"
    r"(?:correspondents?|reporters?|editors?|staff|writers?|bureau|team|desk|agencies)(?:\s+in\s+[A-Z]\w+)?\W*",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"(?:(?:[A-Z][\w.&]*\s+){0,4})(?:staff(?: writers?| reporters?)?|correspondents?|news ?desk|newsroom"
    r"|editorial board|news agency|news service)(?:\s+in\s+[A-Z]\w+)?"
    r"|Reuters|AFP|(?:The )?Associated Press"
)
_ABOUT = re.compile(
    rf"(?:{_NAMES.pattern}|The (?:author|writer)) (?:is|was|writes|covers|reports|teaches)\b.{{0,200}}?"
    r"\b(?:fellow (?:at|in|of)|correspondent (?:for|in|of|at)|reporter (?:for|at|covering)"
    r"|editor (?:of|at|for)|columnist (?:for|at)|author of|based in|writes about"
    r"|professor (?:of|at|in)|analyst (?:at|for|with)|researcher (?:at|in)"
    r"|journalist (?:based|covering|at)|covering)\b"
)
_DATE = re.compile(
    r"(?:(?:first |last |originally )?"
    r"(?:published|posted|issued|released|updated|modified|date|dated|created)(?:\s+(?:on|at))?\s*:?\s*"
    rf"|[A-Z][\w' ,.-]{{1,40}},\s+|\|\s*)?(?:{DAY})(?:\s*[|,-]?\s*\d+\s+min(?:ute)?s?\s+read)?[\s.,|-]*",
    re.IGNORECASE,
)
_PHOTO = re.compile(
    r"^(?i:(?:file )?(?:photo|photograph|picture|image|(?:photo )?illustration|graphic|map|caption)s?)"
    r"\s*"
    r"(?i::|by\b|credits?\b|\(|courtesy\b)"
    r"|(?:^|[.!?)\]\"|]\s*)(?:Photo|Image|Picture|Credit|Photograph)s?(?: [Cc]redit)?\s*(?::|by\b)"
    r"\s*[^.]{2,60}\W*$"
    r"|\b(?:REUTERS|AFP|EPA|AP|TASS|Getty Images|AP Photo)\s?/\s?[A-Z][^.]{2,60}\W*$"
    r"|[(\[](?i:file )?(?i:photo)\b[^)\]]{0,80}[)\]]\W*$"
    r"|\bGetty Images\W*$|\(AP Photo\W*$"
)
_URL = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|eu|by|ru|uk|de)(?:/\S*)?"
)
_MENU = re.compile(r"\s*[|\u2022\u00b7\u00bb>/]\s+|\s+[|\u2022\u00b7\u00bb>]\s*")


def plain(span: str) -> str:
    """Return a span's words on one line, without invisible marks, emphasis and the targets of links."""
    line = _LINK.sub(r"\1", _HIDDEN.sub("", span)) if "](" in span else _HIDDEN.sub("", span)
    return " ".join(_EMPHASIS.sub("", line).split())


def ends_sentence(words: str) -> bool:
    """Return whether the words end as a sentence ends."""
    return _END.search(words[-12:]) is not None


def goes_on(words: str, following: str) -> bool:
    """Return whether a sentence that stops at an empty line clearly goes on in the next paragraph."""
    if ends_sentence(words) or BULLET.match(following) or following.startswith("#"):
        return False
    if following[0].islower():
        return not words.endswith(":") or len(words.split()) > 3
    if not (following[0].isalnum() or following[0] in "\"'("):
        return False
    if words.endswith(":"):
        return False
    last = words.rsplit(maxsplit=1)[-1].lower()
    count = words.count(" ") + 1
    return count >= 4 and (
        last in words_of("words", "open") or (words.endswith(",") and count >= 6) or count >= 20
    )


def is_heading(words: str, *, first: bool) -> bool:
    """Return whether a paragraph of these words is a heading; the first of a text may be longer, and ask."""
    bare = words.lstrip("# ")
    if words.startswith("#"):
        return True
    count = bare.count(" ") + 1
    letters = [character for character in bare if character.isalpha()]
    if not letters or count > (24 if first else 14) or len(bare) > (200 if first else 110):
        return False
    if bare.rsplit(maxsplit=1)[-1] in words_of("words", "open") or (
        BULLET.match(bare) and not re.match(r"\d+\.", bare)
    ):
        return False
    if len(letters) >= 4 and all(character.isupper() for character in letters):
        return True
    if bare[-1] in ",;-" or bare[0].islower() or (bare[0] in "\"'(" and not first):
        return False
    return not ends_sentence(bare) or (first and bare[-1] in "?!" and "." not in bare[:-1])


def is_date_line(words: str) -> bool:
    """Return whether the words are a date and no more; a place or ``published on`` may stand before it."""
    return len(words) < 120 and words[-1:] != ";" and _DATE.fullmatch(words) is not None


def is_byline(words: str) -> bool:
    """Return whether the words say who wrote it and nothing else."""
    if len(words) > 200:
        return False
    if _CREDIT.search(words) or _OUR.fullmatch(words):
        return True
    words = words.split(" | ", maxsplit=1)[0]
    if len(words) > 120 or (ends_sentence(words) and not re.search(r"\b[A-Z]\.$", words)):
        return False
    if _STAFF.fullmatch(words):
        return True
    if not _BY.match(words):
        return False
    rest = words.split(maxsplit=1)[1]
    named = [word for word in re.findall(r"[^\W\d_][\w'.-]*", rest) if len(word) > 2]
    return bool(named) and sum(word[0].isupper() for word in named) >= 0.6 * len(named)


def is_name_line(words: str) -> bool:
    """Return whether the words look like a person's name, or two: for a line alone under the title."""
    if len(words) > 60 or (words.isupper() and words.count(" ") > 1):
        return False
    return all(_NAMES.fullmatch(name) for name in re.split(r",\s+|\s+and\s+|\s+&\s+", words))


def is_about_author(words: str) -> bool:
    """Return whether the words tell what the author does: for the last paragraphs of a text."""
    return len(words) < 400 and _ABOUT.match(words) is not None


def is_caption(span: str, words: str) -> bool:
    """Return whether the words tell of a picture: by their first words, a credit, or Markdown's mark."""
    return span.startswith("![") or (len(words) < 500 and _PHOTO.search(words) is not None)


def is_boilerplate(words: str, links: float) -> bool:
    """Return whether the words belong to the page and not to the article; ``links`` is the share of links."""
    bare = words.lower().lstrip("#*-|>\u2022\u00bb ").rstrip(" .:!|>\u00bb\u2026)")
    if not any(character.isalnum() for character in bare):
        return True
    count = words.count(" ") + 1
    exactly, phrases = _table()[:2]
    if bare in exactly:
        return True
    if count > SHORT or len(words) > LONG:
        return False
    if sum(map(str.isalpha, _URL.sub("", words))) <= 0.4 * sum(map(str.isalpha, words)):
        return True
    if links >= 0.8 and not (ends_sentence(words) and count > 12):
        return True
    menu = _MENU.split(words)
    if len(menu) >= 3 and not ends_sentence(words) and all(len(item.split()) <= 4 for item in menu):
        return True
    return phrases.match(words.lower().lstrip("#*-|>\u2022\u00bb ")) is not None


def opens_section(words: str) -> str:
    """Return ``list`` for a heading over links, ``closing`` for one after which the article is over."""
    if len(words) > 60:
        return ""
    bare = words.lower().lstrip("# ").rstrip(" .:!\u2026")
    _, _, lists, closing = _table()
    return "list" if bare in lists else "closing" if bare in closing else ""


@functools.cache
def _table() -> tuple[frozenset[str], re.Pattern[str], frozenset[str], frozenset[str]]:
    known = table("boilerplate")
    begins = "|".join(_phrase(phrase) for phrase in known["begins"])
    holds = "|".join(_phrase(phrase) for phrase in known["holds"])
    pattern = re.compile(rf"(?:{begins})(?!\w)|.*\b(?:{holds})(?!\w)", re.DOTALL)
    return frozenset(known["exactly"]), pattern, frozenset(known["lists"]), frozenset(known["closing"])


def _phrase(phrase: str) -> str:
    return r"\b.{0,80}?\b".join(re.escape(part.strip()) for part in str(phrase).split(" * "))
