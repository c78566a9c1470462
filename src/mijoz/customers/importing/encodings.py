"""The encoding of a text, told by its first mark or guessed from its bytes."""

from __future__ import annotations

import codecs
import re

MARKS = [  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
CYRILLIC = ("cp1251", "koi8-r", "cp866")
ENOUGH = 64 * 1024  # bytes outside ASCII that a guess is made from
WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
A_FEW = 16  # bytes that strayed into a text
NEVER_IN_TEXT = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


def guess(sample: bytes) -> str:
    """The encoding of the file that begins with `sample`; rows that do not keep to it are for the reader to refuse."""
    for mark, encoding in MARKS:
        if sample.startswith(mark):
            return encoding
    if wide := _two_bytes_a_letter(sample[:4096]):
        return wide
    foreign = [line for line in sample.splitlines() if not line.isascii()]
    if sum(map(_is_utf8, foreign)) >= len(foreign) / 2:
        return "utf-8"
    return _one_byte_a_letter(b"\n".join(foreign)[:ENOUGH])


def without_mark(text: bytes) -> bytes:
    for mark, _encoding in MARKS:
        if text.startswith(mark):
            return text[len(mark) :]
    return text


def is_binary(sample: bytes) -> bool:
    """Whether these bytes are no text at all: many of them, more than one in a hundred, are such as no text has."""
    if any(sample.startswith(mark) for mark, _encoding in MARKS) or _two_bytes_a_letter(sample[:4096]):
        return False
    strange = len(sample) - len(sample.translate(None, NEVER_IN_TEXT))
    return strange > max(A_FEW, len(sample) / 100)


def _two_bytes_a_letter(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of its Latin letters, digits and separators is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) / 8 and odd > 8 * even:
        return "utf-16-le"
    if even > len(sample) / 8 and even > 8 * odd:
        return "utf-16-be"
    return ""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _one_byte_a_letter(text: bytes) -> str:
    """Cyrillic words hold no Latin letters, while é and ü stand among them."""
    words = WORD.findall(text)
    mixed = sum(1 for word in words if re.search(rb"[A-Za-z]", word))
    signs = sum(1 for word in words if len(word) == 1 and word in b"\xa3\x80\xa9\xae\xb0")  # £ € © ® ° alone
    if 2 * (mixed + signs) <= len(words):
        return max(CYRILLIC, key=lambda encoding: _cyrillic_score(words, encoding))
    return _western(b" ".join(word for word in words if re.search(rb"[A-Za-z]", word)))


def _western(words: bytes) -> str:
    """By letters that stand for no letter of a Western language: Polish and Czech ones, Turkish ones."""
    if re.search(rb"[\xa5\xb3\xb9\xbf\x9f]", words) or (b"\xec" in words and re.search(rb"[\xf8\x9e]", words)):
        return "cp1250"
    if re.search(rb"[\xd0\xdd\xde\xf0\xfd\xfe]", words):
        return "cp1254"
    return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", words) else "cp1252"


def _cyrillic_score(words: list[bytes], encoding: str) -> int:
    """How often bytes read as letters in their usual place: capitals at the beginning of words, small ones inside."""
    score = 0
    for word in words:
        text = word.decode(encoding, errors="replace")
        score += sum(1 if "а" <= letter <= "ё" else -1 for letter in text[1:])
        score += 1 if "А" <= text[0] <= "ё" or text[0] in "Ё№«" else -1
        score += text.isupper() * len(text)
    return score
