"""A form's files are never on the disk in plain text, whatever page they are sent to."""

import io

from flask import request

from shop.spool import SealedSpool


def test_a_large_file_of_any_form_is_spooled_encrypted(app):
    seen = []
    with app.test_request_context(
        "/", method="POST", data={"file": (io.BytesIO(b"Ada Specimen" * 200_000), "scan.pdf")}
    ):
        stream = request.files["file"].stream
        seen.append((type(stream), len(stream.read())))
    assert seen == [(SealedSpool, 2_400_000)]
