"""What the whole suite shares. Without the recognition plugin its tests are not even imported: they cannot be."""

from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(__file__).parent
HAS_RECOGNITION = "recognition" in settings.PLUGINS

collect_ignore_glob = [] if HAS_RECOGNITION else ["recognition", "recognition/*"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/recognition needs the plugin, whether its file says so or not."""
    for item in items:
        if item.path.is_relative_to(HERE / "recognition"):
            item.add_marker(pytest.mark.plugin)
