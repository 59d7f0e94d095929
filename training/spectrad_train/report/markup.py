"""The page's building blocks: a tree of elements, so that text can never become markup."""

import base64
from xml.etree import ElementTree

NOTHING = "–"


def element(tag, *content, **attributes):
    """An HTML element; content is text, elements, lists of both, or None, which is left out.

    A trailing underscore of an attribute's name is dropped (`class_`).
    """
    names = {name.rstrip("_"): str(value) for name, value in attributes.items()}
    made = ElementTree.Element(tag, names)
    _append(made, content)
    return made


def _append(parent, content):
    for item in content:
        if item is None:
            continue
        if isinstance(item, ElementTree.Element):
            parent.append(item)
        elif isinstance(item, (list, tuple)):
            _append(parent, item)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + str(item)
        else:
            parent.text = (parent.text or "") + str(item)


def table(caption, head, rows):
    """A table whose first column names the row; other cells hold figures or text."""
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            [element("td", NOTHING if cell is None else cell) for cell in row[1:]],
        )
        for row in rows
    ]
    heads = element("tr", [element("th", name, scope="col") for name in head])
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", heads),
            element("tbody", body),
        ),
        class_="scrolled",
    )


def picture(svg, alternative, caption):
    """A plot inside the page, with the text for those who do not see it and the one below it."""
    source = "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
    return element(
        "figure",
        element("img", src=source, alt=alternative),
        element("figcaption", caption),
    )


def document(title, style, *content):
    """The whole page as text."""
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", title),
            element("style", style),
        ),
        element("body", element("main", *content)),
        lang="en",
    )
    text = ElementTree.tostring(page, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n"


def share(value):
    """Three decimals, or a dash for what is undefined."""
    return NOTHING if value is None else f"{value:.3f}"


def signed(value):
    """Three decimals with a sign, for differences."""
    return NOTHING if value is None else f"{value:+.3f}".replace("-0.000", "+0.000")


def span(interval):
    """The limits of an interval."""
    return NOTHING if interval is None else f"{interval['low']:.3f} to {interval['high']:.3f}"


def probability(value):
    """A p value with two digits that mean something."""
    return NOTHING if value is None else f"{value:.2g}"
