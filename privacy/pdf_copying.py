"""Copies the pages of a PDF into a new one: what draws them, and nothing of what they do, carry or say of their maker.

Runs in the cage (privacy/caged_pdfs.py). Keys of a page and of its resources are kept by a list; what lies below them
(fonts, pictures, patterns) loses the keys of _LEFT_OUT. Names as in ISO 32000-2.
"""

from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from privacy.segments import without_notes

ACTIVE: Final = (
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR", "/GoToE"),
    *("/EmbeddedFiles", "/EF", "/AF", "/RichMedia", "/RichMediaContent", "/3DD", "/XFA", "/AcroForm"),
)
"""Keys under which a PDF keeps what it does, other files and other documents."""
_LEFT_OUT: Final = {
    *(*ACTIVE, "/A", "/B", "/P", "/Parent", "/Popup", "/Names", "/Dests", "/Annots", "/Ref", "/OPI", "/OC"),
    *("/Metadata", "/PieceInfo", "/LastModified", "/Info", "/Thumb", "/Alternates", "/Measure", "/PtData"),
    *("/StructParent", "/StructParents", "/Properties", "/AssociatedFiles"),
}
_ELSEWHERE: Final = {"/F", "/FFilter", "/FDecodeParms", "/DL", "/Length"}
"""Of streams only: data in another file. The length is counted anew."""
_PAGE: Final = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
_RESOURCES: Final = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"}
_BY_NAME: Final = {*_RESOURCES, "/CharProcs", "/Colorants"}
"""Below these the keys are names that the page made up, such as /A for a font."""
_SHOWN: Final = {
    *("/Widget", "/FreeText", "/Stamp", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Redact"),
    *("/Square", "/Circle", "/Line", "/Polygon", "/PolyLine", "/Ink"),
}
"""Notes on a page that are drawn on it: their picture is kept, and nothing of what they do or say."""
_LIES_OVER: Final = {"/Stamp", "/Square", "/Redact", "/Ink", "/Highlight", "/Polygon", "/Line", "/Circle"}
_NOT_SEEN: Final = 0b100010  # hidden, or not to be viewed
_PRINTED_AND_FIXED: Final = 4 | 64


def copied(reader: PdfReader) -> PdfWriter:
    """A new PDF with the pages of `reader`. Raises whatever comes to hand for what makes no sense."""
    writer = PdfWriter()
    taking = _Copier(writer)
    for page in reader.pages:
        box = page.mediabox
        made = writer.add_blank_page(max(1.0, float(box.width)), max(1.0, float(box.height)))
        for key in _PAGE:
            if key in page:
                made[NameObject(key)] = taking.copy(page.raw_get(key), is_resources=key == "/Resources")
        pictures = [taking.picture(note) for note in notes(page)]
        if pictures:
            made[NameObject("/Annots")] = ArrayObject(pictures)
    writer.metadata = None
    return writer


def notes(page: DictionaryObject) -> Iterator[DictionaryObject]:
    """What is drawn on a page beside its contents: filled in fields, stamps, boxes."""
    listed = page.get("/Annots")
    for each in listed.get_object() if listed is not None else ():
        note = each.get_object()
        is_seen = not int(note.get("/F", 0)) & _NOT_SEEN
        if is_seen and note.get("/Subtype") in _SHOWN and "/Rect" in note and _appearance(note) is not None:
            yield note


def _appearance(note: DictionaryObject) -> PdfObject | None:
    """The picture of a note as it is now, by reference where it has one; of a box to tick, that of its state."""
    looks = note.get("/AP", DictionaryObject()).get_object()
    if "/N" not in looks:
        return None
    normal = looks.raw_get("/N")
    found = normal.get_object()
    if isinstance(found, DictionaryObject) and not isinstance(found, StreamObject):
        state = note.get("/AS")
        normal = found.raw_get(state) if state in found else NullObject()
    return normal if isinstance(normal.get_object(), StreamObject) else None


class _Copier:
    """Copies objects into a writer, each once, as far as they are reached."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._known: dict[tuple[int, int, bool, bool], IndirectObject] = {}

    def picture(self, note: DictionaryObject) -> IndirectObject:
        """A stamp, or plain text, that looks like the note."""
        kind = "/Stamp" if str(note["/Subtype"]) in _LIES_OVER else "/FreeText"
        look = DictionaryObject({NameObject("/N"): self.copy(_appearance(note))})
        made = {
            "/Type": NameObject("/Annot"),
            "/Subtype": NameObject(kind),
            "/Rect": self.copy(note["/Rect"]),
            "/F": NumberObject(_PRINTED_AND_FIXED),
            "/AP": look,
        }
        return self._writer._add_object(DictionaryObject({NameObject(key): made[key] for key in made}))

    def copy(self, value: Any, *, by_name: bool = False, is_resources: bool = False) -> Any:
        if isinstance(value, IndirectObject):
            return self._referred(value, by_name, is_resources)
        if isinstance(value, StreamObject):
            made = type(value)()
            made._data = without_notes(value._data) if _is_jpeg(value) else value._data
            return self._filled(made, value, left_out=_LEFT_OUT | _ELSEWHERE)
        if isinstance(value, DictionaryObject) and by_name:
            return self._filled(DictionaryObject(), value, left_out=set())
        if isinstance(value, DictionaryObject):
            left_out = set(value) - _RESOURCES if is_resources else _LEFT_OUT
            return self._filled(DictionaryObject(), value, left_out=left_out)
        if isinstance(value, ArrayObject):
            return ArrayObject(self.copy(each) for each in list.__iter__(value))
        return value

    def _referred(self, value: IndirectObject, by_name: bool, is_resources: bool) -> IndirectObject:
        key = (value.idnum, value.generation, by_name, is_resources)
        if key not in self._known:
            self._known[key] = place = self._writer._add_object(NullObject())
            found = value.get_object()
            made = self.copy(found, by_name=by_name, is_resources=is_resources)
            self._writer._replace_object(place, NullObject() if made is None else made)
        return self._known[key]

    def _filled(self, made: Any, value: DictionaryObject, *, left_out: set[str]) -> Any:
        for key, inner in dict.items(value):
            if key not in left_out:
                made[NameObject(key)] = self.copy(
                    inner, by_name=key in _BY_NAME, is_resources=key == "/Resources"
                )
        return made


def _is_jpeg(stream: StreamObject) -> bool:
    return stream.get("/Filter") in ("/DCTDecode", ["/DCTDecode"])


def dictionaries(made: Any) -> Iterator[DictionaryObject]:
    """A dictionary and those that lie in it directly; indirect ones are objects of their own."""
    waiting = [made]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))
