"""The reader of the templates finds what it is there for, and nothing in what is right."""

import pytest

from tools.templates import problems


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('<a onclick="go()">x</a>', "inline handler"),
        ('<p class="a" style="color: red">x</p>', "inline style"),
        ('<a href="javascript:go()">x</a>', "javascript:"),
        ("<style>p {}</style>", "style element"),
        ("<script>go()</script>", "script element"),
        ("{{ text | safe }}", "|safe"),
        ("<p>小区</p>", "not in _()"),
        ('<p title="小区">{{ x }}</p>', "not in _()"),
        ("{{ label or '小区' }}", "not in _()"),
    ],
)
def test_what_is_forbidden_is_found(source: str, why: str) -> None:
    assert [found for _line, found in problems(f"\n{source}") if why in found]
    assert {line for line, _why in problems(f"\n{source}")} <= {1, 2}


@pytest.mark.parametrize(
    "source",
    [
        '{# 小区 #}<p title="{{ _("小区") }}">{{ _("共 %(n)s 个小区", n=3) }}</p>',
        '<script nonce="{{ csp_nonce() }}">go()</script><script type="module" src="/a.js"></script>',
        "{% set style = 'btn' %}<p class=\"{{ style }}\">x</p>",
    ],
)
def test_what_is_right_is_left_alone(source: str) -> None:
    assert list(problems(source)) == []
