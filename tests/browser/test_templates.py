"""What the content policy would stop is not in any template: inline scripts, handlers and styles, other hosts."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "a style attribute": r"""<[^>]*\sstyle\s*=""",
    "a style element": r"<style\b",
    "an event handler": r"""<[^>]*\son[a-z]+\s*=""",
    "a javascript: address": r"javascript:",
    "a script in the page": r"<script\b(?![^>]*\bsrc=)|<script\b[^>]*>\s*[^<\s]",
    "another host": r"""(?:src|href|action|poster|srcset)\s*=\s*["']?(?:https?:)?//""",
}


def faults_in(markup: str) -> list[str]:
    bare = COMMENT.sub("", markup)
    return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, bare, re.IGNORECASE)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_template_keeps_to_the_content_policy(template: Path) -> None:
    assert faults_in(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p style="color: red">', "a style attribute"),
        ("<style>p {}</style>", "a style element"),
        ('<button\n onclick="go()">', "an event handler"),
        ('<a href="javascript:go()">', "a javascript: address"),
        ("<script>go()</script>", "a script in the page"),
        ("<script src=\"{% static 'a.js' %}\">go()</script>", "a script in the page"),
        ('<img src="//elsewhere.example/a.png">', "another host"),
    ],
)
def test_the_check_sees_what_it_should(markup: str, what: str) -> None:
    assert what in faults_in(markup)
