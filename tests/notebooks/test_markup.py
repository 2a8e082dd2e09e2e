"""HTML is read as elements with decoded attributes; what cannot be read for sure is named."""

import pytest

from d2l_book.notebooks.markup import read_markup


def test_elements_have_decoded_attributes_and_scripts_their_text() -> None:
    markup = read_markup('<P CLASS="a &amp; b" hidden>c</P><script type=x>if (1 < 2) f()</script>')
    paragraph, script = markup.elements
    assert (paragraph.tag, paragraph.attributes) == ("p", [("class", "a & b"), ("hidden", "")])
    assert (script.get("type"), script.get("src")) == ("x", "")
    assert script.text == "if (1 < 2) f()"
    assert markup.odd == []


def test_text_is_what_readers_see() -> None:
    markup = read_markup("<p>a &lt;b&gt; &#99;</p><style>d</style><script>e</script>f")
    assert markup.text.split() == ["a", "<b>", "c", "f"]
    assert markup.odd == []


@pytest.mark.parametrize(
    "html",
    ["a <b", "a <b c='d", "<!--> <b> -->", "<!-- <b> -->", "<![CDATA[a]]>", "<?php ?>", "<!x>"],
)
def test_what_a_browser_may_read_in_another_way_is_named(html: str) -> None:
    assert read_markup(html).odd


@pytest.mark.parametrize("html", ["a < b", "a &lt;b", "<!-- a -->", "<!DOCTYPE html>", "1<2"])
def test_plain_text_is_not_odd(html: str) -> None:
    assert read_markup(html).odd == []
