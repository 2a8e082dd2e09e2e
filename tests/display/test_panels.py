import pytest

from d2l_utils.display.figures import Picture
from d2l_utils.display.panels import side_by_side

LEFT = Picture('<svg aria-label="a">1</svg>', "a circle")
RIGHT = Picture('<svg aria-label="b">2</svg>', "a square")


def test_both_pictures_and_captions_are_in_the_html_in_order() -> None:
    html = side_by_side(In_the_text=LEFT, In_autograd=RIGHT)._repr_html_()
    places = [html.index(part) for part in ("In the text", LEFT.svg, "In autograd", RIGHT.svg)]
    assert places == sorted(places)
    assert html.count("<figure") == html.count("</figure>") == 2


def test_captions_are_escaped() -> None:
    assert "&lt;b&gt;" in side_by_side(**{"<b>": LEFT, "c": RIGHT})._repr_html_()


def test_text_describes_both() -> None:
    assert repr(side_by_side(one=LEFT, other=RIGHT)) == "one: a circle\nother: a square"


def test_wrong_arguments_raise() -> None:
    with pytest.raises(ValueError, match="at least two, got 1"):
        side_by_side(one=LEFT)
    with pytest.raises(TypeError, match="two: expected a Picture, got '<svg>'"):
        side_by_side(one=LEFT, two="<svg>")  # type: ignore[arg-type]
