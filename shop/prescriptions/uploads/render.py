"""The process that opens what a stranger sent, run by path: `python -I -B render.py <kind> <CPU seconds>`.

Reads the document from standard input and answers on standard output: one line of JSON, then the bytes of the
pages one after another. It never writes to a disk, and it imports nothing of the shop: a fault in an image or
PDF library then meets a process with no secrets, little memory and little time.

    {"pages": [{"media_type": "image/png", "width": 1240, "height": 1754, "bytes": 51034, "mark": "03f…"}, …]}
    {"refused": "locked" | "too_many_pages" | "too_many_pixels" | "damaged"}
    {"broken": "…"}          the installation is at fault, not the document
"""

import io
import json
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any

MAX_MEMORY_BYTES = 1024**3
NICENESS = 10  # the store's pages come first
MAX_OPEN_FILES = 16
MAX_PAGES = 10
MAX_SOURCE_PIXELS = 60_000_000
MAX_SIDE_PIXELS = 3000
MAX_PNG_BYTES = 4 * 1024**2
JPEG_QUALITY = 85
PHOTO_PIXELS_PER_BYTE = 4
PDF_DOTS_PER_INCH = 150
PDF_POINTS_PER_INCH = 72
MARK_SIDE = 16
MARK_SAMPLE = 256  # the page is first brought to a square of so many pixels
MARK_DARKER = 2  # gray levels by which a cell is darker than those around it: less is noise
MARK_CUT = 0.5  # per cent of the darkest and the lightest pixels that do not stretch the contrast
MARK_LEAST_BITS = 16  # of a page with fewer, nearly nothing is written: all such pages look alike
PDF_PASSWORD_ERRORS = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY in fpdfview.h


class Refused(Exception):
    """The document is at fault; the argument is one of the words of the answer."""


def limit_this_process(cpu_seconds: int) -> None:
    """Bound memory, processor time and open files; write no file, dump no core (it holds the document)."""
    os.nice(NICENESS)
    for name, value in (
        ("RLIMIT_AS", MAX_MEMORY_BYTES),
        ("RLIMIT_CPU", cpu_seconds),
        ("RLIMIT_NOFILE", MAX_OPEN_FILES),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        _, hard = resource.getrlimit(getattr(resource, name))
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # At the soft CPU limit comes SIGXCPU, which tells "too slow" from an outside kill.
        ceiling = hard if name == "RLIMIT_CPU" else value
        try:
            resource.setrlimit(getattr(resource, name), (value, ceiling))
        except (ValueError, OSError):
            # macOS has no limit on address space; Linux, where the shop runs, must not go without.
            if sys.platform == "linux":
                raise


def pages_of_image(data: bytes, kind: str) -> Iterator[tuple[Any, bool]]:
    """The picture as (image, lossless): upright, without transparency, not larger than MAX_SIDE_PIXELS."""
    from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401  (WEBP is not among Pillow's first formats)

    Image.MAX_IMAGE_PIXELS = MAX_SOURCE_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        # verify() checks a PNG's sums and leaves the image unusable, so the file is opened twice.
        Image.open(io.BytesIO(data), formats=[kind.upper()]).verify()
        image = Image.open(io.BytesIO(data), formats=[kind.upper()])
        image.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
        image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused("too_many_pixels") from None
    upright = ImageOps.exif_transpose(_shrunk(_plain_colors(image)))
    yield _on_white(upright), kind == "png"


def _plain_colors(image: Any) -> Any:
    """Gray or RGB, with alpha where the picture has any: modes that can be scaled."""
    if image.mode.startswith("I"):
        # Pillow cuts 16-bit gray at 255 instead of scaling it, which would leave a white page.
        return image.convert("I").point(lambda gray: gray * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _shrunk(image: Any) -> Any:
    image.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    return image


def _on_white(image: Any) -> Any:
    """A new image: nothing but pixels comes along, no position, comment, color profile or thumbnail."""
    from PIL import Image

    gray = image.mode == "L"
    page = Image.new("L" if gray else "RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return page


def pages_of_pdf(data: bytes) -> Iterator[tuple[Any, bool]]:
    """Each page at 150 dots an inch, or fewer where it would exceed MAX_SIDE_PIXELS."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if error.err_code in PDF_PASSWORD_ERRORS else "damaged") from None
    if len(document) > MAX_PAGES:
        raise Refused("too_many_pages")
    if len(document) == 0:
        raise Refused("damaged")
    # What was typed into a form is drawn only this way; without it a filled form looks like a blank one.
    document.init_forms()
    for page in document:
        longest = max(page.get_size())
        scale = min(PDF_DOTS_PER_INCH / PDF_POINTS_PER_INCH, MAX_SIDE_PIXELS / longest)
        # pypdfium2 rounds a side up, so a page exactly at the limit could gain a pixel.
        yield _shrunk(page.render(scale=scale).to_pil()), True
        page.close()


def encoded(image: Any, lossless: bool) -> tuple[str, bytes]:
    """(media type, bytes): PNG where nothing was lost so far and it stays small, otherwise JPEG."""
    image = image if image.mode == "L" else image.convert("RGB")
    jpeg = saved(image, "JPEG", quality=JPEG_QUALITY)
    # PNG takes seconds over photographed paper, only to be larger; the JPEG's size tells such pages apart.
    if lossless and len(jpeg) * PHOTO_PIXELS_PER_BYTE <= image.width * image.height:
        png = saved(image, "PNG")
        if len(png) <= MAX_PNG_BYTES:
            return "image/png", png
    return "image/jpeg", jpeg


def saved(image: Any, form: str, **options: int) -> bytes:
    """The encoded image, in memory."""
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def mark_of(image: Any) -> str | None:
    """What the page looks like: 256 bits in hexadecimal, or None for a page with next to nothing on it.

    A bit is 1 where a cell of a 16 x 16 grid is darker than the mean of its neighbors. `looks` compares them.
    """
    from PIL import Image, ImageOps

    small = image.convert("L").resize((MARK_SAMPLE, MARK_SAMPLE), Image.Resampling.BOX)
    even = ImageOps.autocontrast(small, cutoff=MARK_CUT)
    gray = even.resize((MARK_SIDE, MARK_SIDE), Image.Resampling.BOX).tobytes()
    last = MARK_SIDE - 1
    bits = ""
    for row in range(MARK_SIDE):
        for column in range(MARK_SIDE):
            around = (
                (max(row - 1, 0), column),
                (min(row + 1, last), column),
                (row, max(column - 1, 0)),
                (row, min(column + 1, last)),
            )
            mean = sum(gray[y * MARK_SIDE + x] for y, x in around) / 4
            bits += "1" if mean - gray[row * MARK_SIDE + column] > MARK_DARKER else "0"
    return f"{int(bits, 2):064x}" if bits.count("1") >= MARK_LEAST_BITS else None


def rendered(data: bytes, kind: str) -> tuple[dict[str, Any], bytes]:
    """The answer's first line and the pages' bytes."""
    described, bodies = [], []
    for image, lossless in pages_of_pdf(data) if kind == "pdf" else pages_of_image(data, kind):
        media_type, body = encoded(image, lossless)
        width, height = image.size
        facts = {"media_type": media_type, "width": width, "height": height, "bytes": len(body)}
        described.append({**facts, "mark": mark_of(image)})
        bodies.append(body)
    return {"pages": described}, b"".join(bodies)


def answer(data: bytes, kind: str) -> tuple[dict[str, Any], bytes]:
    """What to say about a document, whatever it does to the libraries."""
    try:
        return rendered(data, kind)
    except ImportError as error:
        return {"broken": str(error)}, b""
    except Refused as refusal:
        return {"refused": str(refusal)}, b""
    except MemoryError:
        return {"refused": "too_many_pixels"}, b""
    except Exception:
        # The decoders raise nearly every built-in exception on malformed files; all mean the same here.
        return {"refused": "damaged"}, b""


def main() -> None:
    """Read, decide, write."""
    limit_this_process(int(sys.argv[2]))
    first_line, bodies = answer(sys.stdin.buffer.read(), sys.argv[1])
    sys.stdout.buffer.write(json.dumps(first_line).encode() + b"\n" + bodies)


if __name__ == "__main__":
    main()
