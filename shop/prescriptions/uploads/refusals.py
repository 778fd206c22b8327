"""Why an uploaded file is not taken: one named refusal a reason, with what the sender can do about it."""

from shop.errors import DomainError
from shop.prescriptions.uploads.render import MAX_PAGES

MAX_UPLOAD_BYTES = 15 * 1024**2


class UploadRefused(DomainError):
    """A file that is not taken. Nothing of it is kept."""

    status = 422
    code = "upload_refused"
    sentence = "This file can’t be used."
    advice = "Send a photo (JPEG, PNG or WEBP) or a PDF of the prescription."

    def __init__(self, message: str = "", todo: str = "") -> None:
        super().__init__(message or self.sentence, todo or self.advice)


class NoFileSent(UploadRefused):
    """The form came without a file."""

    code = "upload_missing"
    sentence = "No file was chosen."
    advice = "Choose a photo or PDF of the prescription, then send the form again."


class FileEmpty(UploadRefused):
    """A file of zero bytes."""

    code = "upload_empty"
    sentence = "The file is empty."
    advice = "Check that the photo or PDF opens on your device, then send it again."


class FileTooLarge(UploadRefused):
    """More than MAX_UPLOAD_BYTES."""

    status = 413
    code = "upload_too_large"
    sentence = f"The file is larger than {MAX_UPLOAD_BYTES // 1024**2} MB."
    advice = "Take a smaller photo, or scan fewer pages, and send it again."


class WrongKind(UploadRefused):
    """Neither JPEG, PNG, WEBP nor PDF by its content, whatever its name."""

    status = 415
    code = "upload_wrong_kind"
    sentence = "This isn’t an image or PDF that we can read."


class FileDamaged(UploadRefused):
    """It cannot be decoded to its end."""

    code = "upload_damaged"
    sentence = "The file is damaged or incomplete and can’t be opened."
    advice = "Check that it opens on your device, or take a new photo, then send it again."


class TooManyPixels(UploadRefused):
    """It would need more memory than one upload may have: an accident, or a decompression bomb."""

    code = "upload_too_many_pixels"
    sentence = "The image has too many pixels to open safely."
    advice = "Take a smaller photo and send it again."


class PdfLocked(UploadRefused):
    """It opens only with a password."""

    code = "upload_pdf_locked"
    sentence = "The PDF is password-protected."
    advice = "Remove the password and send it again."


class TooManyPages(UploadRefused):
    """More than MAX_PAGES."""

    code = "upload_too_many_pages"
    sentence = f"The PDF has more than {MAX_PAGES} pages."
    advice = "Send only the pages of the prescription."


class TookTooLong(UploadRefused):
    """More processor or waiting time than one upload may have."""

    code = "upload_took_too_long"
    sentence = "Opening the file took too long."
    advice = "Send a photo of the prescription instead, or print it to a new PDF and send that."


BY_CODE: dict[str, type[UploadRefused]] = {kind.code: kind for kind in UploadRefused.__subclasses__()}


def words(code: str | None) -> UploadRefused:
    """The refusal that a document's row names, with sentence and advice; the general one where unknown."""
    return BY_CODE.get(code or "", UploadRefused)()
