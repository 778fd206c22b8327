"""Documents made for the upload tests, good and bad, byte by byte where no library would make them."""

import hashlib
import io
import random
import struct
import zlib

from PIL import Image, ImageDraw

PDF_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def picture(size: tuple[int, int] = (600, 400), mode: str = "RGB") -> Image.Image:
    """A page whose top left quarter is dark and the rest light, so that turning it shows."""
    image = Image.new(mode, size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill="black")
    return image


def noise(size: tuple[int, int]) -> Image.Image:
    """A picture that does not compress."""
    return Image.effect_noise(size, 90).convert("RGB")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind.upper(), **options)
    return target.getvalue()


def bomb_png(side: int) -> bytes:
    """A PNG of side × side white dots at one bit each: a few hundred kilobytes, gigabytes once opened."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def pdf(
    pages: int = 1,
    box: str = "0 0 612 792",
    content: bytes = b"0 0 306 396 re f",
    page_extra: str = "",
    objects: tuple[bytes, ...] = (),
    catalog_extra: str = "",
    content_extra: str = "",
) -> bytes:
    """A PDF of equal pages; `objects` follow from number 4 + pages."""
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 3 0 R {page_extra} >>".encode()
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog_extra} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        stream(content, content_extra),
        *[page] * pages,
        *objects,
    ]
    return assembled(bodies)


def heavy_pdf(polygons: int = 250, corners: int = 6) -> bytes:
    """8 kB that take half a minute: polygons over the whole page, each blended with all below it."""
    chance = random.Random(polygons)
    lines = ["/G gs"]
    for number in range(polygons):
        points = [f"{chance.randint(0, 612)} {chance.randint(0, 792)}" for _ in range(corners)]
        lines.append(f"{number % 10 / 10} 0.5 0 rg {points[0]} m " + " l ".join(points[1:]) + " l f*")
    blending = "/Resources << /ExtGState << /G << /ca 0.5 /BM /Luminosity >> >> >>"
    packed = zlib.compress("\n".join(lines).encode(), 9)
    return pdf(content=packed, content_extra="/Filter /FlateDecode", page_extra=blending)


def stream(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def assembled(bodies: list[bytes], trailer_extra: bytes = b"") -> bytes:
    """Number the objects, add the table of their places and the trailer."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\n" % (len(bodies) + 1, trailer_extra)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def locked_pdf(password: bytes) -> bytes:
    """A PDF under the standard handler, revision 2 (RC4, 40 bits); an empty password bars changes only."""
    identity, permissions = b"0123456789abcdef", -4
    padded = (password + PDF_PADDING)[:32]
    owner_entry = rc4(hashlib.md5((b"owner" + PDF_PADDING)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner_entry + struct.pack("<i", permissions) + identity).digest()[:5]
    content_key = hashlib.md5(key + (3).to_bytes(3, "little") + b"\0\0").digest()[:10]
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /P %d /O <%s> /U <%s> >>" % (
        permissions,
        owner_entry.hex().encode(),
        rc4(key, PDF_PADDING).hex().encode(),
    )
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        stream(rc4(content_key, b"0 0 306 396 re f")),
        page,
        encrypt,
    ]
    name = identity.hex().encode()
    return assembled(bodies, b"/Encrypt 5 0 R /ID [<%s> <%s>]" % (name, name))


def rc4(key: bytes, data: bytes) -> bytes:
    """The cipher of old PDFs; here only to make one."""
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
