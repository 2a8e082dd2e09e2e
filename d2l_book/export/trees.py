"""Pages as trees: read as browsers read them, changed, and written as XHTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from xml.etree.ElementTree import Element

HTML, SVG, MATH = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1998/Math/MathML",
)
XLINK = "{http://www.w3.org/1999/xlink}href"

Nodes = Iterable[Element | str]


def parse(html: str) -> Element:
    """Return a page's root element.

    Args:
        html: The page.
    """
    import tinyhtml5

    root: Element = tinyhtml5.parse(html)
    return root


def tag(name: str) -> str:
    """Return the full name of one of HTML's elements."""
    return f"{{{HTML}}}{name}"


def element(name: str, text: str = "", /, **attributes: str) -> Element:
    """Return an element of HTML.

    Args:
        name: Its name.
        text: What stands in it.
        attributes: Its attributes; an underscore at the end is left out, as in ``class_``.
    """
    made = Element(tag(name), {key.rstrip("_"): value for key, value in attributes.items()})
    made.text = text
    return made


def local(node: Element) -> str:
    """Return an element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def classes(node: Element) -> set[str]:
    """Return an element's classes."""
    return set(node.get("class", "").split())


def first(root: Element, name: str) -> Element | None:
    """Return the first element of HTML with a name, if there is one."""
    return next(root.iter(tag(name)), None)


def text_of(node: Element) -> str:
    """Return all text of an element, white space made single."""
    return " ".join("".join(node.itertext()).split())


def changed(node: Element, change: Callable[[Element], Nodes]) -> Element:
    """Return a copy of an element in which each element below it was put through a change.

    Args:
        node: The element.
        change: Gives what comes in the place of an element; elements among it are gone into, unless
            they are new.
    """
    copy = Element(node.tag, dict(node.attrib))
    add(copy, node.text or "")
    for child in node:
        if isinstance(child.tag, str):  # comments have none
            for new in change(child):
                add(copy, changed(new, change) if new is child else new)
        add(copy, child.tail or "")
    return copy


def add(parent: Element, new: Element | str) -> None:
    """Put an element or text at the end of an element."""
    if not isinstance(new, str):
        parent.append(new)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + new
    else:
        parent.text = (parent.text or "") + new


def xhtml(node: Element, around: str = "") -> str:
    """Return an element as XHTML, each part in the namespace of its own as the default one.

    Args:
        node: The element.
        around: The namespace of what it stands in.
    """
    namespace, _, name = str(node.tag)[1:].partition("}")
    given = {} if namespace == around else {"xmlns": namespace}
    for key, value in node.attrib.items():
        if key == XLINK:
            given |= {"xmlns:xlink": XLINK[1:].partition("}")[0], "xlink:href": value}
        elif not key.startswith(("{", "xmlns")):
            given[key] = value
    start = "".join(f' {key}="{escape(value)}"' for key, value in given.items())
    inside = [escape(node.text or "", quote=False)]
    for child in node:
        inside += [xhtml(child, namespace), escape(child.tail or "", quote=False)]
    content = "".join(inside)
    if not content and (namespace != HTML or name in _VOID):
        return f"<{name}{start}/>"
    return f"<{name}{start}>{content}</{name}>"


_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
