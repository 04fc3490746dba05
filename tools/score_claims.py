"""Score the readers of claims and aims: against the curated case, the causal news corpus, and our articles.

    python tools/score_claims.py                         every figure
    python tools/score_claims.py --only seeds            one part: seeds, cnc, articles
    python tools/score_claims.py --write                 also writes tables/precision_claims.csv
    python tools/score_claims.py --only cnc --part train the part that rules are tuned on

`cnc` holds out the documents whose crc32 is a multiple of 7. A rule is right there when its sentence is
labelled causal and both spans agree with one marked relation: each overlaps by half of the shorter of the
two. Motives count as causes in that corpus, so a purpose may have its ends either way round.
"""

from __future__ import annotations

import argparse
import ast
import csv
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from annotated import ARTICLES, articles
from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.loading import load_document
from shatterbelt.documents.text import text_of
from shatterbelt.reading.aims import find_aims
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.claims import find_claims
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.statements import Aim, Claim

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
TABLE = ROOT / "src" / "shatterbelt" / "reading" / "tables" / "precision_claims.csv"
CURATED = ROOT / "src" / "shatterbelt" / "cases" / "belarus" / "claims.yaml"
SEEDS = {"A": "000_bd667e459ad94961.txt", "B": "002_a2869a66cf1158bf.txt"}
SPLIT = 7

Place = tuple[int, int]
Counts = dict[str, list[int]]


def read(documents: Sequence[LoadedDocument], encoder: Any = None) -> list[tuple[list[Claim], list[Aim]]]:
    """Return the claims and aims of each document."""
    found = []
    for document, sentences in parse(documents):
        if encoder is not None and sentences:
            pairs = zip(sentences, encoder.predict(sentences), strict=True)
            sentences = [replace(one, prediction=said) for one, said in pairs]  # noqa: PLW2901  # the same ones
        parties = Parties(sentences, document.metadata.issued)
        voices = voices_of(sentences, parties)
        claims = find_claims(sentences, voices, parties, document)
        found.append((claims, find_aims(sentences, voices, parties, document)))
    return found


def plain(name: str, text: str, issued: str = "") -> LoadedDocument:
    """Return a text as a document whose every line is a body block."""
    told = text_of(text)
    blocks = tuple(Block(m.start(), m.end()) for m in re.finditer(r"[^\n]+", told.characters))
    return LoadedDocument(name, name, told, text, metadata=Metadata(issued=issued), blocks=blocks)


def agree(one: Place, other: Place) -> bool:
    """Return whether two places overlap by at least half of the shorter one."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * shared >= min(one[1] - one[0], other[1] - other[0]) > 0


# --------------------------------------------------------------------------- the curated case


def score_seeds(encoder: Any) -> None:
    """Print how many quotes of the curated claims a read claim or aim overlaps."""
    curated: dict[str, list[Place]] = defaultdict(list)
    for claim in yaml.safe_load(CURATED.read_text(encoding="utf-8")):
        for evidence in claim["evidence"]:
            if "quote" in evidence:
                quote = evidence["quote"]
                curated[quote["document"]].append((quote["start"], quote["end"]))
    total = hit = 0
    for name, file in SEEDS.items():
        document = load_document(SHARED / "seeds" / file)
        ((claims, aims),) = read([document], encoder)
        read_places = [(s.quote.start, s.quote.end) for s in (*claims, *aims)]
        places = curated[name]
        found = sum(any(agree(place, other) for other in read_places) for place in places)
        total, hit = total + len(places), hit + found
        told = f"{len(claims)} claims, {len(aims)} aims read"
        print(f"seed {name}: {found} of {len(places)} curated quotes; {told}")
    print(f"recall of the curated case's quotes: {hit / total:.3f} (bar 0.50)")


# --------------------------------------------------------------------------- the causal news corpus

_TAG = re.compile(r"</?(ARG0|ARG1|SIG\d)>")


def marked(text: str) -> dict[str, Place]:
    """Return where the cause (ARG0) and the effect (ARG1) stand in a text without its tags."""
    begun: dict[str, int] = {}
    found: dict[str, Place] = {}
    at = last = 0
    for match in _TAG.finditer(text):
        at += match.start() - last
        last = match.end()
        name = match.group(1)
        if match.group(0).startswith("</"):
            found.setdefault(name, (begun[name], at))
        else:
            begun[name] = at
    return found


def score_cnc(part: str, encoder: Any, errors: int) -> Counts:
    """Print how often each rule is right on sentences of a part of the corpus; return (n, right) by rule."""
    rows = list(
        csv.DictReader((SHARED / "reading" / "cnc" / "train_subtask2_grouped.csv").open(encoding="utf-8"))
    )
    held = [row for row in rows if (zlib.crc32(row["doc_id"].encode()) % SPLIT == 0) == (part == "held out")]
    if part == "train":
        held = held[::3]
    documents = [plain(row["index"], row["text"]) for row in held]
    counts: Counts = defaultdict(lambda: [0, 0, 0])
    gold = spotted = causal = seen = both = 0
    for row, (claims, _) in zip(held, read(documents, encoder), strict=True):
        relations = [marked(one) for one in ast.literal_eval(row["causal_text_w_pairs"])]
        gold += len(relations)
        spotted += sum(any(_right(claim, [relation]) for claim in claims) for relation in relations)
        told = [claim for claim in claims if claim.relation != "correlation"]
        causal += bool(relations)
        seen += bool(told)
        both += bool(relations and told)
        for claim in claims:
            right: int = _right(claim, relations)
            for key in (claim.rule, "ALL"):
                counts[key][0] += 1
                counts[key][1] += right
                counts[key][2] += bool(relations)
            if errors and not right:
                mark = "-" if relations else "!"
                print(f"{mark} [{claim.rule}] {_told(claim)}  ::  {row['text']}")
    print(f"cnc {part}: {len(held)} sentences, {causal} causal; rule, n, spans right, sentence causal")
    for rule, (n, right, sentence) in sorted(counts.items(), key=lambda item: -item[1][0]):
        print(f"  {rule:36} {n:5} {right:5} {sentence:5}  {right / n:.2f} {sentence / n:.2f}")
    precision, recall = both / max(seen, 1), both / max(causal, 1)
    print(f"  relations found with both spans: {spotted} of {gold} ({spotted / gold:.2f})")
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"  sentence causal by rules: P {precision:.2f} R {recall:.2f} F1 {f1:.2f}")
    return counts


def _right(claim: Claim, relations: Iterable[dict[str, Place]]) -> bool:
    cause, effect = (claim.cause.start, claim.cause.end), (claim.effect.start, claim.effect.end)
    pairs = [(cause, effect)] + ([(effect, cause)] if claim.relation == "purpose" else [])
    return any(
        agree(one, relation["ARG0"]) and agree(other, relation["ARG1"])
        for relation in relations
        for one, other in pairs
    )


# --------------------------------------------------------------------------- articles of our own


def score_articles(part: str, encoder: Any, errors: int) -> None:
    """Print precision and recall of claims and aims on annotated articles, and of each rule."""
    loaded = articles(ARTICLES / part)
    read_ = read([plain(one.name, one.text, one.issued) for one in loaded], encoder)
    claims = [(one.name, got, one.claims) for one, (got, _) in zip(loaded, read_, strict=True)]
    aims = [(one.name, got, one.aims) for one, (_, got) in zip(loaded, read_, strict=True)]
    _score(f"articles {part}, claims", claims, _same_claim, "sign", errors)
    _score(f"articles {part}, aims", aims, _same_aim, "direction", errors)


def _score(title: str, rows: list[Any], same: Callable[[Any, Any], bool], word: str, errors: int) -> None:
    """Print figures of one kind; ``word`` is what is compared beyond the spans."""
    right = found = annotated = total = 0
    by_rule: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    words: dict[tuple[str, str], int] = defaultdict(int)
    for name, got, wanted in rows:
        annotated, total = annotated + len(wanted), total + len(got)
        for each in got:
            hit = next((w for w in wanted if same(each, w)), None)
            right += hit is not None
            by_rule[each.rule][0] += 1
            by_rule[each.rule][1] += hit is not None
            if hit is not None:
                words[getattr(each, word), getattr(hit, word)] += 1
            if errors and (hit is None or getattr(each, word) != getattr(hit, word)):
                fault = "EXTRA" if hit is None else f"{getattr(each, word)} for {getattr(hit, word)}"
                print(f"{name} {fault} [{each.rule}] {_told(each)}")
        for one in wanted:
            hit_ = any(same(each, one) for each in got)
            found += hit_
            if errors and not hit_:
                print(f"{name} MISSED {one}")
    p, r = right / max(total, 1), found / max(annotated, 1)
    f1 = 2 * p * r / max(p + r, 1e-9)
    agreed = sum(n for (a, b), n in words.items() if a == b) / max(sum(words.values()), 1)
    print(f"{title}: {annotated} annotated, {total} read")
    print(f"  P {p:.2f} R {r:.2f} F1 {f1:.2f}; {word} the same where both spans agree: {agreed:.2f}")
    print(f"  {word} (read/annotated): " + ", ".join(f"{a}/{b} {n}" for (a, b), n in sorted(words.items())))
    print("  " + ", ".join(f"{rule} {ok}/{n}" for rule, (n, ok) in sorted(by_rule.items())))


def _told(statement: Claim | Aim) -> str:
    if isinstance(statement, Claim):
        cause = f"<{statement.cause.text}> ({statement.cause_quantity} {statement.cause_change})"
        effect = f"<{statement.effect.text}> ({statement.effect_quantity} {statement.effect_change})"
        return f"{cause} --> {effect}"
    return f"{statement.form} <{statement.actor.name}> <{statement.content.text}>"


def _place(phrase: Any) -> Place:
    return phrase.start, phrase.end


def _same_claim(claim: Claim, wanted: Any) -> bool:
    same = agree(_place(claim.cause), _place(wanted.cause)) and agree(
        _place(claim.effect), _place(wanted.effect)
    )
    return same and claim.relation == wanted.relation


def _same_aim(aim: Aim, wanted: Any) -> bool:
    content = aim.condition if aim.form == "condition" and aim.condition is not None else aim.content
    return agree(_place(content), _place(wanted.content))


def main() -> None:
    """Print what was asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--only", choices=["seeds", "cnc", "articles"])
    options.add_argument("--part", choices=["held out", "train", "test"], default=None)
    options.add_argument(
        "--errors", action="count", default=0, help="print what was wrong (train parts only)"
    )
    options.add_argument("--encoder", action="store_true", help="let the encoder speak")
    options.add_argument("--write", action="store_true", help="write the table of precisions")
    told = options.parse_args()
    encoder = None
    if told.encoder:
        from shatterbelt.reading.encoder import Encoder

        encoder = Encoder.load()
    counts: list[Counts] = []
    if told.only in {None, "seeds"}:
        score_seeds(encoder)
    if told.only in {None, "cnc"}:
        counts.append(score_cnc(told.part or "held out", encoder, told.errors if told.part == "train" else 0))
    if told.only in {None, "articles"}:
        for part in [told.part] if told.part else ["train", "test"]:
            score_articles(part, encoder, told.errors if part == "train" else 0)
    if told.write:
        write(counts[0])


def write(counts: Counts) -> None:
    """Write the table that confidences are calibrated from."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Claims on held-out sentences of the Causal News Corpus: n read by a rule, right ones.\n"
        )
        file.write("# Right: the sentence is labelled causal and both spans overlap by half.\n")
        file.write("# Written by tools/score_claims.py --write.\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["rule", "n", "right"])
        for rule, (n, right, _) in sorted(counts.items()):
            if rule != "ALL":
                rows.writerow([rule, n, right])


if __name__ == "__main__":
    main()
