"""What kind of file some bytes are: by their content, from a list of what is allowed; images are made anew.

The name somebody gave never decides. What is on no list is refused, also HTML, SVG, programs and documents with macros.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO

from weft.core.errors import ValidationFailed
from weft.core.i18n import translator

__all__ = ["EXTENSIONS", "FURTHER", "IMAGES", "MAX_PIXELS", "clean_name", "media_type", "recode"]

_ = translator("core")

#: 40 megapixels: about 160 MB while an image is decoded.
MAX_PIXELS = 40_000_000
MAX_MEMBERS = 1_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
_MAX_NAME = 200

#: Media type -> extensions that may stay; the first is added where the name has another one.
EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "application/zip": (".zip",),
    "text/plain": (".txt", ".csv", ".tsv", ".md", ".log", ".json", ".ics", ".vcf", ".eml"),
}
#: What only places that take any kind of file take as well: a library, not a comment.
FURTHER: Mapping[str, tuple[str, ...]] = {
    "application/x-ole-storage": (".doc", ".xls", ".ppt", ".msg", ".docx", ".xlsx", ".pptx", ".vsd", ".mpp"),
    "application/rtf": (".rtf",),
    "application/xml": (".xml", ".bpmn", ".dmn", ".xes"),
    "application/octet-stream": (
        ".bin",
        ".tif",
        ".tiff",
        ".bmp",
        ".heic",
        ".dwg",
        ".dxf",
        ".step",
        ".stp",
        ".stl",
        ".igs",
        ".mp3",
        ".m4a",
        ".wav",
        ".mp4",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".7z",
        ".gz",
        ".tgz",
        ".rar",
        ".xz",
        ".psd",
        ".ai",
        ".eps",
        ".skp",
        ".rvt",
        ".ttf",
        ".otf",
        ".dat",
        ".db",
        ".sqlite",
        ".parquet",
    ),
}
#: Pillow's format -> media type of images that are made anew.
IMAGES: Mapping[str, str] = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MARKUP = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|\?xml|!doctype\s+svg)", re.IGNORECASE)
#: XML that a browser would draw or run.
_DRAWN = re.compile(rb"<\s*([\w.-]+:)?(html|script|svg|iframe|stylesheet)\b|<\?xml-stylesheet|<!entity", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!",
             b"\x00asm", b"dex\n", b"L\x00\x00\x00\x01\x14\x02")  # fmt: skip
_OLE_MACROS = tuple(word.encode("utf-16-le") for word in ("_VBA_PROJECT", "Macros\0"))
_UNSEEN = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _refused(code: str, message: object) -> ValidationFailed:
    return ValidationFailed.single("file", code, message)


def clean_name(name: str, media: str) -> str:
    """A name for people: without folders, controls and signs that turn its direction, with an extension of its type."""
    last = re.split(r"[\\/]", name.replace("\x00", ""))[-1]
    kept = "".join(c for c in last if c not in _UNSEEN and unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    kept = unicodedata.normalize("NFC", " ".join(kept.split())).strip(". ")
    allowed = EXTENSIONS.get(media) or FURTHER[media]
    suffix = PurePosixPath(kept).suffix.lower()
    stem, ending = (kept[: -len(suffix)], suffix) if suffix in allowed and kept[: -len(suffix)] else (kept, allowed[0])
    return f"{stem[: _MAX_NAME - len(ending)].strip() or 'file'}{ending}"


def media_type(handle: IO[bytes], size: int, *, wide: bool = False) -> str:
    """The media type of some bytes.

    Args:
        handle: seekable, at any position.
        size: number of bytes.
        wide: also what is in :data:`FURTHER`; programs, web pages, drawings with scripts and macros never.

    Raises:
        ValidationFailed: empty, or of a kind that is not taken.
    """
    if size == 0:
        raise _refused("empty", _("The file is empty."))
    handle.seek(0)
    head = handle.read(4096)
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _archive(handle, size)
    if wide and (found := _further(handle, head)):
        return found
    if _MARKUP.search(head[:1024]):
        raise _refused("markup", _("Web pages and SVG drawings are not taken. Send a PDF or a picture."))
    if _is_text(handle):
        return "text/plain"
    if wide and not head.startswith(_PROGRAMS):
        return "application/octet-stream"
    raise _refused("type", _("This kind of file is not taken. Send a PDF, picture, office document, text or ZIP."))


def _further(handle: IO[bytes], head: bytes) -> str:
    """Kinds that only some places take, or ""."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        handle.seek(0)
        if any(mark in handle.read(64 * 1024 * 1024) for mark in _OLE_MACROS):
            raise _refused("macros", _("Documents with macros are not taken. Save it without macros."))
        return "application/x-ole-storage"
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml") and _is_text(handle):
        handle.seek(0)
        if not _DRAWN.search(handle.read(1024 * 1024)):
            return "application/xml"
    return ""


def _is_text(handle: IO[bytes]) -> bool:
    """Text in UTF-8, UTF-16 with mark, or GB 18030, without controls that no text has."""
    handle.seek(0)
    start = handle.read(4)
    encodings = ("utf-16",) if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        handle.seek(0)
        try:
            while piece := handle.read(256 * 1024):
                if any(c < " " and c not in "\t\r\n\f" for c in decoder.decode(piece)):
                    return False
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _archive(handle: IO[bytes], size: int) -> str:
    """An office document by its members, else a ZIP file; bombs and macros are refused from the directory alone."""
    try:
        with zipfile.ZipFile(handle) as archive:
            members = archive.infolist()
            mimetype = archive.read("mimetype")[:100].decode("ascii", "replace") if _has_mimetype(members) else ""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise _refused("archive", _("This archive cannot be read.")) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(size, 1):
        raise _refused("archive", _("This archive unpacks to too much."))
    names = {member.filename.lower() for member in members}
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name for name in names):
        raise _refused("macros", _("Documents with macros are not taken. Save it without macros."))
    if mimetype in EXTENSIONS:
        return "application/zip" if any(name.startswith("basic/") for name in names) else mimetype
    if "[content_types].xml" in names:
        found = next((media for folder, media in _OFFICE.items() if any(n.startswith(folder) for n in names)), None)
        if found is not None:
            return found
    return "application/zip"


def _has_mimetype(members: list[zipfile.ZipInfo]) -> bool:
    return bool(members) and members[0].filename == "mimetype" and members[0].file_size <= 100


def recode(handle: IO[bytes], media: str, out: IO[bytes]) -> None:
    """Write an image anew in its own format: pixels only, turned as its camera meant, without any other content.

    Args:
        handle: the upload.
        media: its type.
        out: where to write.

    Raises:
        ValidationFailed: it is no such image, or has more than :data:`MAX_PIXELS`.
    """
    from PIL import Image, ImageOps  # slow to import, and few processes see a picture

    wanted = next(name for name, found in IMAGES.items() if found == media)
    handle.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked just below
            with Image.open(handle, formats=[wanted]) as image:
                frames = getattr(image, "n_frames", 1)
                if image.width * image.height * min(frames, 200) > MAX_PIXELS:
                    raise _refused("pixels", _("The picture has more than 40 megapixels."))
                if frames > 1 and wanted in ("GIF", "WEBP") and frames <= 200:
                    image.save(out, wanted, save_all=True)
                    return
                turned = ImageOps.exif_transpose(image)
                options = {"quality": 90} if wanted in ("JPEG", "WEBP") else {}
                plain = Image.new(turned.mode, turned.size)
                plain.paste(turned)
                if turned.mode == "P" and turned.palette is not None:
                    plain = turned.copy()
                    plain.info = {k: v for k, v in turned.info.items() if k == "transparency"}
                plain.save(out, wanted, **options)
    except ValidationFailed:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise _refused("image", _("This picture cannot be read.")) from error
