#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/unit/prep_vectors.h: what each profile makes of each character
alone, by the tables of RFC 3454 as Python's `stringprep` has them, and so by
somebody else than libidn.

    tests/unit/prep_vectors.py > tests/unit/prep_vectors.h

For each block of code points and profile there is the beginning of the SHA-256
of a line for each code point: what becomes of it, or "-" when it is refused.
"""
import hashlib
import stringprep as sp
import unicodedata
from encodings import punycode  # noqa: F401 (the codec)

UCD = unicodedata.ucd_3_2_0
BLOCKS = [(b, b + 0x1000) for b in range(0, 0x20000, 0x1000)] + [(0x2F000, 0x30000), (0xE0000, 0xE1000), (0x10F000, 0x110000)]
DOTS = "\u3002\uff0e\uff61."


class Refused(Exception):
    pass


def bidi(text):
    """RFC 3454 section 6."""
    if any(sp.in_table_d1(c) for c in text):
        if any(sp.in_table_d2(c) for c in text) or not (sp.in_table_d1(text[0]) and sp.in_table_d1(text[-1])):
            raise Refused


def finish(text, prohibited):
    text = UCD.normalize("NFKC", text)
    if any(p(c) for c in text for p in prohibited):
        raise Refused
    bidi(text)
    return text


COMMON = [sp.in_table_c12, sp.in_table_c22, sp.in_table_c3, sp.in_table_c4, sp.in_table_c5, sp.in_table_c6,
          sp.in_table_c7, sp.in_table_c8, sp.in_table_c9]


def known(text):
    """RFC 3454 section 7, stored strings."""
    if any(sp.in_table_a1(c) for c in text):
        raise Refused
    return text


def fold(text):
    """Tables B.1 and B.2. Python lowers some letters of 3.2 to ones that are younger."""
    mapped = ((c, sp.map_table_b2(c)) for c in text if not sp.in_table_b1(c))
    return "".join(c if any(sp.in_table_a1(m) for m in to) else to for c, to in mapped)


def nodeprep(text):
    """RFC 6122 appendix A."""
    return finish(fold(known(text)), COMMON + [sp.in_table_c11, sp.in_table_c21, lambda c: c in "\"&'/:<>@"])


def resourceprep(text):
    """RFC 6122 appendix B; unassigned code points pass."""
    return finish("".join(c for c in text if not sp.in_table_b1(c)), COMMON + [sp.in_table_c21])


def saslprep(text):
    """RFC 4013, stored strings. U+200B, which is in both tables, is a blank here and elsewhere."""
    text = "".join(" " if sp.in_table_c12(c) else "" if sp.in_table_b1(c) else c for c in known(text))
    return finish(text, COMMON + [sp.in_table_c21])


def label(text):
    """RFC 3490 section 4, ToASCII with UseSTD3ASCIIRules and ToUnicode, of one label."""
    if text in DOTS:
        raise Refused
    if text.isascii():
        prepared = text.lower()
    else:
        prepared = finish(fold(known(text)), COMMON)
    if any(c.isascii() and not (c.isalnum() or c == "-") for c in prepared):
        raise Refused
    if prepared.startswith("-") or prepared.endswith("-"):
        raise Refused
    if not prepared.isascii() and len("xn--" + prepared.encode("punycode").decode()) > 63:
        raise Refused
    return prepared


def once(profile, c):
    """As a part of a JID: not empty, and stable."""
    try:
        text = profile(c)
        if profile is not saslprep and (not text or profile(text) != text):
            raise Refused
        return text
    except Refused:
        return "-" if profile is not saslprep else "\x01"


def digest(profile, begin, end):
    h = hashlib.sha256()
    for code in range(begin, end):
        if 0xD800 <= code <= 0xDFFF or code == 0:
            continue
        h.update(once(profile, chr(code)).encode() + b"\n")
    return h.hexdigest()[:16]


print("/* SPDX-License-Identifier: Apache-2.0 */")
print("/* Made by tests/unit/prep_vectors.py, which says what this is. */")
print("static const struct {\n\tuint32_t begin, end;\n\tconst char *node, *domain, *resource, *password;\n} blocks[] = {")
for begin, end in BLOCKS:
    print(f"\t{{{begin:#x}, {end:#x}, " + ", ".join(f'"{digest(p, begin, end)}"' for p in (nodeprep, label, resourceprep, saslprep)) + "},")
print("};")
