"""Where an external link of the menu may lead."""

import pytest

from app.system.rules import is_web_address


@pytest.mark.parametrize(
    "text",
    [
        "https://etax.example.cn",
        "http://10.0.0.8:8080/x?y=1&z=%20#top",
        "https://税务.中国/路",
        "HTTPS://Example.cn/",
    ],
)
def test_a_page_of_the_web(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "etax.example.cn",
        "//etax.example.cn",
        "/room/list/",
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "ftp://a.cn",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://a b.cn",
        "https://a.cn/\n",
        "https://u:p@a.cn",
        "https://a.cn@b.cn",
        "https://a.cn:99999",
        "https://a.cn:0",
        "https://[::1",
        "https://..cn",
        "https://a.cn\\@b.cn",
        "https://a.cn/<script>",
        "\u202ehttps://a.cn",
        " https://a.cn",
    ],
)
def test_anything_else(text: str) -> None:
    assert not is_web_address(text)
