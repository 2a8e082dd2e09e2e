"""Two pictures next to each other, or one above the other where the screen is narrow."""

from __future__ import annotations

from html import escape

from d2l_utils.border import checked
from d2l_utils.display.figures import Picture


class SideBySide:
    """Pictures with captions in one row; Jupyter shows it.

    Attributes:
        pictures: The pictures, from left to right.
        captions: What each is called.
    """

    @checked
    def __init__(self, pictures: tuple[Picture, ...], captions: tuple[str, ...]) -> None:
        self.pictures = pictures
        self.captions = captions

    def __repr__(self) -> str:
        lines = zip(self.captions, self.pictures, strict=True)
        return "\n".join(f"{caption}: {picture.alt}" for caption, picture in lines)

    def _repr_html_(self) -> str:
        figures = "\n".join(
            f'<figure class="d2l-figure" style="flex: 0 1 auto; margin: 0; max-width: 100%">\n'
            f"<figcaption>{escape(caption)}</figcaption>\n{picture.svg}</figure>"
            for caption, picture in zip(self.captions, self.pictures, strict=True)
        )
        style = "display: flex; flex-wrap: wrap; gap: 1.5rem; justify-content: center"
        return f'<div style="{style}">\n{figures}\n</div>'


@checked
def side_by_side(**pictures: Picture) -> SideBySide:
    """Put pictures next to each other.

    Args:
        pictures: Caption -> picture; underscores in a caption become spaces.

    Returns:
        Something to make the last expression of a cell.

    Raises:
        TypeError: If a value is not a `Picture`.
        ValueError: If there are fewer than two.
    """
    if len(pictures) < 2:
        raise ValueError(f"pictures: expected at least two, got {len(pictures)}")
    for name, picture in pictures.items():
        if not isinstance(picture, Picture):
            raise TypeError(f"{name}: expected a Picture, got {type(picture).__name__}")
    captions = tuple(name.replace("_", " ") for name in pictures)
    return SideBySide(tuple(pictures.values()), captions)
