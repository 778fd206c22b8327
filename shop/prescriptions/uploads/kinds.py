"""What a sent file is, by its first bytes; its name and its declared type are not believed.

Pure. A match only says what to try: whether the file is whole and harmless is found out by `render.py`.
"""

import codecs

KINDS = ("jpeg", "png", "webp", "pdf")
FIRST_BYTES = 1024
"""As much as is looked at. A PDF's header may stand anywhere in it (ISO 32000-1, annex H, note 13)."""
HTML = "a web page (HTML)"
SVG = "a drawing (SVG)"
FILM = "a film"
TEXT = "a text file"

SIGNATURES_OF_OTHERS = (
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)


def kind_of(data: bytes) -> str | None:
    """One of KINDS, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return "pdf" if _is_pdf(data[:FIRST_BYTES]) else None


def seems_to_be(data: bytes) -> str:
    """A few words for a file that is none of KINDS: "a web page (HTML)", "a HEIC photo", or ""."""
    for signature, words in SIGNATURES_OF_OTHERS:
        if data.startswith(signature):
            return words
    if data[4:8] == b"ftyp":
        return "a HEIC photo" if data[8:11] in (b"hei", b"hev", b"mif", b"msf") else _film_or_avif(data)
    return _markup(_without_lead(data).lower()) or (TEXT if _is_text(data[:FIRST_BYTES]) else "")


def _is_pdf(start: bytes) -> bool:
    """Scanners and printers put a job's header in front of it; a page from the web that names it is none."""
    lead, header, _ = start.partition(b"%PDF-")
    is_other = lead.startswith(tuple(signature for signature, _ in SIGNATURES_OF_OTHERS))
    return bool(header) and not is_other and not _markup(_without_lead(lead).lower())


def _film_or_avif(data: bytes) -> str:
    return "an AVIF picture" if data[8:11] == b"avi" else FILM


def _markup(text: bytes) -> str:
    if b"<svg" in text:
        return SVG
    if (
        text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<!--"))
        or b"<html" in text
    ):
        return HTML
    return "an XML file" if text.startswith(b"<?xml") else ""


def _without_lead(data: bytes) -> bytes:
    """The first kilobyte without the byte-order mark and blanks that some programs put in front."""
    return data[:FIRST_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_text(start: bytes) -> bool:
    """UTF-8, cut anywhere, without control characters."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return all(character >= " " or character in "\t\r\n\f" for character in text)
