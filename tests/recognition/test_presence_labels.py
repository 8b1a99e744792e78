"""What the volunteers agreed on leaves as folders and COCO; everything else stays."""

import io
import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from officers.models import Photo
from oversight import storage
from oversight.models import AuditEvent
from recognition.presence.training.examples import examples
from tests import factories

pytestmark = pytest.mark.django_db


def answered(answer: Photo.Police, *, question: bool = False) -> Photo:
    expires_at = timezone.now() + timedelta(hours=1) if question else None
    made = factories.photo(factories.department(), expires_at=expires_at)
    Photo.objects.filter(pk=made.pk).update(police=answer)
    return made


def export(folder: Path, **options: object) -> str:
    said = io.StringIO()
    call_command("export_presence_labels", str(folder), stdout=said, **options)
    return said.getvalue()


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_agreed_photos_lie_in_the_folders_that_training_reads(tmp_path: Path) -> None:
    police, other = answered(Photo.Police.YES), answered(Photo.Police.NO)
    assert "1 photos with police, 1 without" in export(tmp_path / "out")
    assert files(tmp_path / "out") == {f"police/{police.pk.hex}.jpg", f"other/{other.pk.hex}.jpg"}
    assert (tmp_path / "out" / "police" / f"{police.pk.hex}.jpg").read_bytes() == storage.read(police.key)
    assert sorted(each.police for each in examples(tmp_path / "out")) == [False, True]


@pytest.mark.parametrize("answer", [Photo.Police.UNKNOWN, Photo.Police.UNCLEAR])
def test_photos_without_an_agreed_answer_stay(tmp_path: Path, answer: Photo.Police) -> None:
    answered(answer)
    export(tmp_path / "out")
    assert files(tmp_path / "out") == set()


def test_an_open_question_stays_whatever_was_said_about_it(tmp_path: Path) -> None:
    answered(Photo.Police.YES, question=True)
    export(tmp_path / "out", coco=tmp_path / "boxes.json")
    assert files(tmp_path / "out") == set()
    assert json.loads((tmp_path / "boxes.json").read_text())["images"] == []


def test_coco_has_heads_and_reviewed_officers_and_names_nobody(tmp_path: Path) -> None:
    photo = answered(Photo.Police.YES)
    factories.head(photo)
    known = factories.officer(photo.department, first_name="Zebedee", last_name="Quill")
    face = factories.face(known, photo)
    factories.face(factories.officer(photo.department), photo, reviewed=False, x=1)
    export(tmp_path / "out", coco=tmp_path / "boxes.json")
    written = (tmp_path / "boxes.json").read_text()
    coco = json.loads(written)
    assert coco["images"] == [
        {
            "id": 1,
            "file_name": f"police/{photo.pk.hex}.jpg",
            "police": "yes",
            "width": photo.width,
            "height": photo.height,
        }
    ]
    names = {each["id"]: each["name"] for each in coco["categories"]}
    boxes = [(names[each["category_id"]], each["bbox"], each["image_id"]) for each in coco["annotations"]]
    assert boxes == [("police officer's face", list(face.box), 1), ("head", [10, 10, 40, 50], 1)]
    assert [each["id"] for each in coco["annotations"]] == [1, 2]
    assert all(each["area"] == each["bbox"][2] * each["bbox"][3] for each in coco["annotations"])
    for private in ("Zebedee", "Quill", photo.department.name, str(known.pk)):
        assert f'"{private}' not in written


def test_a_tagged_face_is_not_a_second_head(tmp_path: Path) -> None:
    photo = answered(Photo.Police.YES)
    head = factories.head(photo)
    factories.face(factories.officer(photo.department), photo, **head.box._asdict())
    export(tmp_path / "out", coco=tmp_path / "boxes.json")
    assert len(json.loads((tmp_path / "boxes.json").read_text())["annotations"]) == 1


def test_only_this_account_can_open_the_copies(tmp_path: Path) -> None:
    answered(Photo.Police.YES)
    export(tmp_path / "out", coco=tmp_path / "boxes.json")
    for path in [*(tmp_path / "out").rglob("*"), tmp_path / "out", tmp_path / "boxes.json"]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_folder_with_old_answers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.jpg").write_bytes(b"")
    with pytest.raises(CommandError, match="is not empty"):
        export(tmp_path)


def test_a_photo_that_is_gone_from_the_storage_is_left_out_and_counted(tmp_path: Path) -> None:
    storage.delete(answered(Photo.Police.YES).key)
    assert "1 were deleted meanwhile" in export(tmp_path / "out")


def test_the_audit_log_keeps_how_many_of_which_department(tmp_path: Path) -> None:
    photo = answered(Photo.Police.YES)
    answered(Photo.Police.UNCLEAR)
    export(tmp_path / "out")
    (event,) = AuditEvent.objects.filter(action="exported presence labels")
    assert (event.actor, event.subject_id) == ("system", str(photo.department_id))
    assert event.facts == {"photos": 1}


def test_more_photos_are_not_more_queries(tmp_path: Path, django_assert_max_num_queries: object) -> None:
    where = factories.department()
    for _ in range(5):
        made = factories.photo(where, jpeg=factories.plain_picture())
        factories.head(made)
    Photo.objects.update(police=Photo.Police.NO)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        export(tmp_path / "out")
    assert len(files(tmp_path / "out")) == 5
