"""What a backup goes by: the list of everything that is stored, in a folder and in a bucket."""

from collections.abc import Callable

from oversight import storage


def test_every_key_is_listed_once(stored_keys: Callable[[], list[str]]) -> None:
    assert list(storage.all_keys()) == []
    names = [f"photos/{number % 16:02x}/{number:04}.jpg" for number in range(40)] + ["rosters/0"]
    for name in names:
        storage.write(name, b"x")
    assert sorted(storage.all_keys()) == sorted(names) == sorted(stored_keys())
