"""The nginx example of deploy/nginx, changed in ports, certificate and folders, before a running store."""

import re
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.running_store import PATIENCE, ROOT, ending, free_pair, start_store, stop_store, until
from tests.slow_clients import Probe, SlowClients, connect

SHIPPED = ROOT / "deploy" / "nginx" / "formulary.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@pytest.fixture(scope="module")
def logs(tmp_path_factory) -> Path:
    """The folder that nginx runs in and writes its logs to."""
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def behind_nginx(logs, demo_instance):
    """The https address of nginx, with the shipped configuration, before a running store."""
    folder = logs
    store, address = start_store(demo_instance(folder / "instance"), TRUSTED_PROXIES="1")
    plain = free_pair()
    (folder / "nginx.conf").write_text(main_configuration(folder))
    (folder / "formulary.conf").write_text(
        changed(
            {
                "listen 80;": f"listen 127.0.0.1:{plain};",
                "listen 443 ssl;": f"listen 127.0.0.1:{plain + 1} ssl;",
                "127.0.0.1:8000": address.removeprefix("http://"),
                "/etc/ssl/formulary": str(folder),
                "/opt/formulary;": f"{ROOT};",
                "/run/formulary-bodies": str(folder / "bodies"),
                "/var/log/nginx": str(folder),
            }
        )
    )
    make_certificate(folder)
    try:
        with ending(start_nginx(folder)) as nginx:
            assert until(lambda: nginx.poll() is not None or listens(plain + 1))
            assert nginx.poll() is None
            yield f"https://127.0.0.1:{plain + 1}"
            nginx.terminate()
            nginx.wait(PATIENCE)
    finally:
        stop_store(store)


def start_nginx(folder: Path) -> "subprocess.Popen[bytes]":
    assert NGINX, "sh bin/need-nginx"
    return subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])


def changed(replacements: dict[str, str]) -> str:
    text = SHIPPED.read_text()
    for old, new in replacements.items():
        assert old in text, f"{SHIPPED.name} no longer says {old}"
        text = text.replace(old, new)
    return text


def main_configuration(folder: Path) -> str:
    """What Debian's /etc/nginx/nginx.conf has around it, with Debian's number of connections."""
    return f"""
        daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
        events {{ worker_connections 768; }}
        http {{
            types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; }}
            access_log {folder}/debian.log;
            proxy_temp_path {folder}/proxied; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            include {folder}/formulary.conf;
        }}
        {"user root;" if Path("/proc/self").owner() == "root" else ""}
    """


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pharmacy.example")])
    now, day = datetime.now(UTC), timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
    except OSError:
        return False
    return True


def ask(address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = connect(address)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_a_page_is_passed_on_and_a_plain_address_leads_to_the_safe_one(behind_nginx):
    page, content = ask(behind_nginx, "/medicines/baclofen-tablets")
    assert (page.status, b"$0.51" in content) == (200, True)
    plain = behind_nginx.replace("https", "http").replace(
        behind_nginx.rpartition(":")[2], str(int(behind_nginx.rpartition(":")[2]) - 1)
    )
    moved, _ = ask(plain, "/medicines")
    assert (moved.status, moved.headers["Location"]) == (301, "https://127.0.0.1/medicines")


def test_static_files_come_from_nginx_and_are_kept_for_a_year(behind_nginx):
    _, page = ask(behind_nginx, "/")
    together = re.search(rb'href="(/static/css/store\.css\?v=\w+)"', page)
    alone = re.search(rb'href="(/static/[^"]+\.svg\?v=\w+)"', page)
    assert together
    assert alone
    answer, content = ask(behind_nginx, together[1].decode())  # from the store, which puts it together
    assert (answer.status, content.count(b"@media print") > 0) == (200, True)
    path = alone[1].decode()
    marked, content = ask(behind_nginx, path)
    unmarked, _ = ask(behind_nginx, path.partition("?")[0])
    assert content == (ROOT / path.lstrip("/").partition("?")[0]).read_bytes()
    assert (marked.headers["Cache-Control"], unmarked.headers["Cache-Control"]) == (
        "public, max-age=31536000, immutable",
        "public, max-age=300",
    )
    assert "Content-Security-Policy" not in marked.headers  # which the store writes on everything


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_log_says_what_was_searched_for(behind_nginx, logs, scheme):
    """Not where all goes well, and not where a limit or a form that is too large is noted as an error."""
    port = int(behind_nginx.rpartition(":")[2])
    address = behind_nginx if scheme == "https" else f"http://127.0.0.1:{port - 1}"
    ask(address, "/search?q=sildenafil", Referer="https://127.0.0.1/search?q=tadalafil")
    ask(address, "/search?q=sildenafil", "POST", b"x" * 1_100_000)
    assert until(lambda: (logs / "formulary-access.log").read_text().count("/search HTTP") >= 2)
    written = "".join(log.read_text() for log in logs.glob("*.log"))
    assert not re.search("sildenafil|tadalafil", written)


@pytest.mark.parametrize(
    "page", ["guest-order", "guest-order/keep", "reset-password", "account/email/confirm"]
)
def test_no_log_has_the_key_of_a_mailed_link(behind_nginx, logs, page):
    ask(behind_nginx, f"/{page}/WyJzZWNyZXQi.specimen?page=1")
    access = logs / "formulary-access.log"
    assert until(lambda: f"GET /{page}/- HTTP" in access.read_text())
    assert "specimen" not in access.read_text()


def test_a_private_page_is_kept_by_nobody(behind_nginx):
    page, _ = ask(behind_nginx, "/sign-in")
    assert page.status == 200
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/basket", 1_100_000, 413),
        ("/basket/prescription", 1_100_000, 303),
        ("/prescriptions/0/files", 1_100_000, 303),
    ],
)
def test_only_uploads_may_be_large(behind_nginx, path, size, status):
    answer, _ = ask(behind_nginx, path, "POST", b"x" * size)
    assert answer.status == status


def test_slow_and_silent_clients_do_not_keep_anybody_waiting(behind_nginx):
    probe = Probe(behind_nginx)
    with SlowClients(behind_nginx) as slow, probe.running():
        slow.silent(200)
        slow.half_heads(20)
        slow.half_bodies(40)
        slow.half_bodies(20, "/basket/prescription", length=5_000_000)
        slow.trickling(10)
        probe.wait_for(30)
    assert (probe.answered >= 30, probe.wrong) == (True, [])


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_store_is_told_that_the_customer_came_by_https(behind_nginx):
    """It then wants to see where a form comes from, beside its token."""
    browser = requests.Session()
    browser.trust_env = False  # a bundle named there would be asked, whatever `verify` says
    browser.verify = False
    page = browser.get(behind_nginx + "/sign-in", timeout=PATIENCE).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "email": "customer@demo.example", "password": "formulary-demo"}
    sent = [
        browser.post(
            behind_nginx + "/sign-in", form, headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        for headers in ({}, {"Referer": "https://127.0.0.1/sign-in"})
    ]
    assert [answer.status_code for answer in sent] == [400, 303]
