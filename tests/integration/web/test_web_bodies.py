"""Nothing of a body is read before the route and the person are known, and no body reaches the disk."""

import tempfile
from io import BytesIO, RawIOBase

import pytest

from shop.prescriptions.uploads.gate import MOST_BYTES
from shop.web import FORM_BYTES, REFUSAL, admit_body

UPLOAD = "/basket/prescription"


class Watched(RawIOBase):
    """A body that notes whether anybody asked for it."""

    def __init__(self, body: bytes) -> None:
        self.body, self.was_read = BytesIO(body), False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.was_read = True
        return self.body.readinto(buffer)


def send(client, path: str, method: str = "POST", length: int = 30):
    watched = Watched(b"csrf_token=nothing&field=value")
    answer = client.open(
        path,
        method=method,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": watched, "CONTENT_LENGTH": str(length)},
    )
    return answer, watched.was_read


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        (UPLOAD, "POST", 303),  # to sign in
        ("/prescriptions", "POST", 303),
        ("/admin/prices/rule", "POST", 303),
        ("/no-such-page", "POST", 404),
        ("/no-such-page", "PUT", 404),
        ("/medicines", "POST", 405),
        ("/basket", "DELETE", 405),
    ],
)
def test_a_visitor_is_refused_before_the_body_is_read(client, path, method, status):
    answer, was_read = send(client, path, method)
    assert (answer.status_code, was_read) == (status, False)


@pytest.mark.parametrize(
    ("role", "path"), [("pharmacist", UPLOAD), ("admin", UPLOAD), ("customer", "/admin/lots/1/quarantine")]
)
def test_the_wrong_role_is_refused_before_the_body_is_read(make_user, sign_in, role, path):
    answer, was_read = send(sign_in(make_user(role)), path)
    assert (answer.status_code in (403, 404), was_read) == (True, False)


def test_a_form_that_may_be_sent_is_read_and_needs_its_token(make_user, sign_in):
    answer, was_read = send(sign_in(make_user()), UPLOAD)
    assert (answer.status_code, was_read) == (400, True)


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [(UPLOAD, FORM_BYTES + 1, 400), (UPLOAD, MOST_BYTES + 1, 413), ("/basket", FORM_BYTES + 1, 413)],
)
def test_only_forms_with_files_may_be_large(make_user, sign_in, path, length, status):
    answer, was_read = send(sign_in(make_user()), path, length=length)
    assert answer.status_code == status
    assert was_read == (status != 413)


@pytest.mark.parametrize(
    ("role", "path", "wanted"),
    [
        (None, UPLOAD, 0),
        (None, "/basket", FORM_BYTES),
        (None, "/no-such-page", 0),
        (None, "/medicines", 0),
        ("customer", UPLOAD, MOST_BYTES),
        ("customer", "/basket", FORM_BYTES),
        ("pharmacist", UPLOAD, 0),
    ],
)
def test_the_server_is_told_how_much_to_read(app, make_user, sign_in, role, path, wanted):
    client = sign_in(make_user(role)) if role else app.test_client()
    with client.session_transaction():
        cookie = client.get_cookie("formulary")
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    if cookie:
        environ["HTTP_COOKIE"] = f"formulary={cookie.value}"
    assert admit_body(app, environ)[0] == wanted


@pytest.mark.parametrize(("refusal", "status"), [(413, 413), (503, 503)])
def test_what_the_server_did_not_read_is_refused_with_a_page(client, refusal, status):
    answer = client.post("/basket", environ_overrides={REFUSAL: refusal})
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert client.post("/no-such-page", environ_overrides={REFUSAL: refusal}).status_code == 404


def test_a_file_that_is_sent_is_never_written_to_disk_by_the_parser(app, monkeypatch, tmp_path):
    photo = b"x" * 2_000_000
    head = b'--edge\r\nContent-Disposition: form-data; name="documents"; filename="photo.jpg"\r\n\r\n'
    body = head + photo + b"\r\n--edge--\r\n"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    with app.test_request_context(
        "/",
        method="POST",
        input_stream=BytesIO(body),
        content_type="multipart/form-data; boundary=edge",
        content_length=len(body),
    ) as asked:
        asked.request.max_content_length = MOST_BYTES
        assert asked.request.files["documents"].read() == photo
