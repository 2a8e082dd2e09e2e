"""What executes, judges, renders and serves the pages: nothing here is needed to use `d2l_utils`.

- `d2l_book.editions`: D2L's exercises, their statements and their labels in each edition
- `d2l_book.notebooks`: runs notebooks and judges what they store
- `d2l_book.render`: turns them into pages: Sphinx extensions, style sheets and scripts
- `d2l_book.live`: serves the pages with cells that run

Imports run downward: notebooks know editions; render and live know notebooks, notebooks know
neither. Two commands for authors stand on top: `d2l_book.authoring.new` begins a page,
`d2l_book.authoring.page` does to one page all that is done to the book.
"""
