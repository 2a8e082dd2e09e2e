"""Find what makes a page ask another host when it is opened."""

from __future__ import annotations

import re

_FETCHED = re.compile(
    r"""(?ix)
    <(?:script|img|iframe|audio|video|source|embed|track|input)\b[^>]*?\ssrc(?:set)?\s*=\s*["']?
        (?P<source>(?:https?:)?//[^"'\s>]+)
    | <(?:link|use|image)\b[^>]*?\shref\s*=\s*["']?(?P<link>(?:https?:)?//[^"'\s>]+)
    | <object\b[^>]*?\sdata\s*=\s*["']?(?P<object>(?:https?:)?//[^"'\s>]+)
    | (?:url\(|@import)\s*["']?(?P<style>(?:https?:)?//[^"')\s]+)
    """
)
_TEXT_ELEMENT = re.compile(
    r"(<script\b[^>]*>).*?(</script>)|<pre\b.*?</pre>|<code\b.*?</code>", re.DOTALL | re.IGNORECASE
)


def external_requests(html: str) -> list[str]:
    """List the addresses on other hosts that a page would load by itself.

    Links that a reader may follow are not requests; nor is what only stands in shown code.

    Args:
        html: A page or a part of one.

    Returns:
        The addresses, in order.
    """
    markup = _TEXT_ELEMENT.sub(lambda match: (match[1] or "") + (match[2] or ""), html)
    return [
        next(address for address in match.groups() if address)
        for match in _FETCHED.finditer(markup)
    ]
