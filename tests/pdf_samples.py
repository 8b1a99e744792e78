"""PDFs made for tests: pages with words, and what hostile or careless senders put beside them."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

MARKER = "MARKER4711"
"""What no copy may hold."""


def names(**fields: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in fields.items()})


def writer_of(*texts: str) -> PdfWriter:
    """A page with each text, in Helvetica under the name /A: resources may be named like keys that are left out."""
    writer = PdfWriter()
    font = writer._add_object(
        names(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica"))
    )
    for text in texts:
        page = writer.add_blank_page(612, 792)
        lines = "".join(f"({line}) Tj 0 -16 Td " for line in text.splitlines())
        contents = StreamObject()
        contents._data = f"BT /A 12 Tf 72 720 Td {lines} ET".encode("latin-1")
        page[NameObject("/Contents")] = writer._add_object(contents)
        page[NameObject("/Resources")] = names(Font=names(A=font))
    return writer


def written(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def pdf(*texts: str) -> bytes:
    return written(writer_of(*texts))


def locked(password: str) -> bytes:
    """Encrypted; with an empty password everybody may read it, and only changing is forbidden."""
    writer = writer_of("Locked words")
    writer.encrypt(password, "owner", algorithm="AES-256")
    return written(writer)


def scanned(pages: int = 1) -> bytes:
    """Pictures of pages, as a scanner makes them, with what a camera wrote into the first."""
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = MARKER
    first, *others = [Image.new("L", (300, 400), 255 - number) for number in range(pages)]
    first.save(stream, "PDF", save_all=True, append_images=others)
    jpeg = io.BytesIO()
    first.save(jpeg, "JPEG", exif=exif)
    return with_picture(jpeg.getvalue())


def with_picture(jpeg: bytes) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 400)
    picture = StreamObject()
    picture.update(
        names(
            Type=NameObject("/XObject"), Subtype=NameObject("/Image"), Width=NumberObject(300),
            Height=NumberObject(400), ColorSpace=NameObject("/DeviceGray"), BitsPerComponent=NumberObject(8),
            Filter=NameObject("/DCTDecode"),
        )
    )  # fmt: skip
    picture._data = jpeg
    contents = StreamObject()
    contents._data = b"q 300 0 0 400 0 0 cm /P Do Q"
    page[NameObject("/Contents")] = writer._add_object(contents)
    page[NameObject("/Resources")] = names(XObject=names(P=writer._add_object(picture)))
    return written(writer)


def note(writer: PdfWriter, kind: str, drawn: bytes, **more: Any) -> None:
    """A note on the first page that is drawn there, such as a filled in field."""
    look = StreamObject()
    box = ArrayObject([FloatObject(side) for side in (0, 0, 200, 20)])
    look.update(names(Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=box))
    look._data = drawn
    made = names(
        Type=NameObject("/Annot"), Subtype=NameObject(kind), AP=names(N=writer._add_object(look)), **more
    )
    made[NameObject("/Rect")] = ArrayObject([FloatObject(side) for side in (72, 600, 272, 620)])
    page = writer.pages[0]
    page.setdefault(NameObject("/Annots"), ArrayObject()).append(writer._add_object(made))


def _script(writer: PdfWriter) -> None:
    action = names(S=NameObject("/JavaScript"), JS=TextStringObject(f"app.alert('{MARKER}')"))
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    writer.pages[0][NameObject("/AA")] = names(O=action)


def _launch(writer: PdfWriter) -> None:
    action = names(S=NameObject("/Launch"), F=TextStringObject(MARKER))
    note(writer, "/Square", b"0 0 200 20 re f", A=action, Contents=TextStringObject(MARKER))


def _link(writer: PdfWriter) -> None:
    action = names(S=NameObject("/URI"), URI=TextStringObject(f"https://example.org/{MARKER}"))
    note(writer, "/Link", b"", A=action)


def _metadata(writer: PdfWriter) -> None:
    writer.add_metadata({"/Author": MARKER, "/Producer": MARKER, "/Title": MARKER})
    xmp = StreamObject()
    xmp._data = MARKER.encode()
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    writer.pages[0][NameObject("/PieceInfo")] = names(X=names(Private=TextStringObject(MARKER)))


def _nested(writer: PdfWriter) -> None:
    """An attached file that only a font leads to, and a field of a form whose words are in its picture."""
    resources: Any = writer.pages[0]["/Resources"]
    file = StreamObject()
    file._data = MARKER.encode()
    resources["/Font"]["/A"][NameObject("/AF")] = names(EF=names(F=writer._add_object(file)))
    note(writer, "/Widget", b"BT 0 0 Td ET", V=TextStringObject(MARKER), T=TextStringObject(MARKER))


CARRIERS: dict[str, Callable[[PdfWriter], object]] = {
    "a script": _script,
    "a program to start": _launch,
    "a link": _link,
    "an attached file": lambda writer: writer.add_attachment(f"{MARKER}.exe", MARKER.encode()),
    "who made it": _metadata,
    "a file that hangs on a font": _nested,
}


def carrying(what: str) -> bytes:
    writer = writer_of("Words that everybody may read")
    CARRIERS[what](writer)
    return written(writer)


def endless() -> bytes:
    """A page whose contents unpack to more than anybody reads in a minute."""
    writer = writer_of("x")
    contents = StreamObject()
    contents._data = b"BT /A 12 Tf 72 720 Td " + b"(word) Tj " * 1_500_000 + b"ET"
    writer.pages[0][NameObject("/Contents")] = writer._add_object(contents.flate_encode())
    return written(writer)


def circular() -> bytes:
    """A tree of pages that is its own child."""
    return pdf("x").replace(b"/Kids [ ", b"/Kids [ 1 0 R ", 1)
