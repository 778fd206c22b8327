"""Files that are no labels, or mean harm."""

import errno
import os
import re

import pytest

from shop.imports.labels.spl_xml import MOST_BYTES
from tests.integration.imports.label_files import OVAL, ROUND, carry, label, look_of, product

BOMB = (
    '<!DOCTYPE document [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


OUTSIDE = '<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


ROOT = b'<document xmlns="urn:hl7-org:v3">'


EDITION = (
    ROOT + b'<effectiveTime value="%b"/><versionNumber value="%b"/>'
    b'<setId root="00000001-0000-0000-0000-000000000000"/></document>'
)


HOSTILE = {
    "entities": BOMB.encode() + ROOT + b"&j;</document>",
    "an outside entity": OUTSIDE.encode() + ROOT + b"&x;</document>",
    "a document type": b'<!DOCTYPE document SYSTEM "http://x.example/a.dtd">' + ROOT + b"</document>",
    "a web page": b"<!DOCTYPE html><html><body><p>Not found</body></html>",
    "xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
    "no namespace": b"<document><setId/></document>",
    "nothing": b"",
    "spaces": b"  \n",
    "half a file": ROOT + b'<setId root="1',
    "an encoding nobody knows": b'<?xml version="1.0" encoding="x-klingon"?>' + ROOT + b"</document>",
    "an encoding of several bytes": b'<?xml version="1.0" encoding="shift_jis"?>' + ROOT + b"</document>",
    "bytes that are no text": ROOT + b"\xff\xfe</document>",
    "an archive": b"PK\x03\x04rest of it",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "deep nesting": ROOT + b"<component>" * 100_000,
    "deep narrative": ROOT + b"<text>" + b"<p>" * 100_000,
    "too many elements": ROOT + b"<id/>" * 100_001 + b"</document>",
    "no set id": ROOT + b'<effectiveTime value="20200101"/></document>',
    "no such day": EDITION % (b"20201301", b"1"),
    "a huge version": EDITION % (b"20200101", b"9" * 5000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_label_is_refused_in_a_sentence_and_the_others_go_on(import_spl, tmp_path, content):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    bad = tmp_path / "bad.xml"
    bad.write_bytes(content)
    result = import_spl(bad, label(tmp_path, product("0001-0001", ROUND)))

    assert result.exit_code == 1
    assert f"{bad}: " in result.stderr
    assert "Traceback" not in result.output
    assert "1 applied" in result.output
    assert look_of(variant_id)["shape"] == "round"


def test_a_file_of_a_hundred_megabytes_is_refused_unread(import_spl, tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    result = import_spl(path)
    assert result.exit_code == 1
    assert f"{path}: " in result.stderr
    assert f" {MOST_BYTES // 2**20} MB" in result.stderr


@pytest.mark.parametrize(("missing", "why"), [("nowhere.xml", errno.ENOENT), (".", errno.EISDIR)])
def test_a_path_that_is_no_file_is_refused(import_spl, tmp_path, missing, why):
    result = import_spl(tmp_path / missing)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert f"{tmp_path / missing}: " in result.stderr
    assert os.strerror(why) in result.stderr
    assert re.findall(r"\d+", result.stdout) == ["1"], "one file refused, and nothing read"


def test_names_in_a_label_cannot_command_the_terminal(import_spl, tmp_path):
    products = product("0001-0001", ROUND).replace("Example", "\u009b31mred&#x85;")
    assert "\u009b" not in import_spl(label(tmp_path, products)).output


def test_a_label_of_a_day_to_come_is_refused_and_hides_no_later_one(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    result = import_spl(label(tmp_path, product("0001-0001", OVAL), "future.xml", day="20991231"))
    assert result.exit_code == 1
    assert "2099-12-31" in result.stderr
    import_spl(label(tmp_path, product("0001-0001", ROUND)))
    assert look_of(variant_id)["shape"] == "round"
