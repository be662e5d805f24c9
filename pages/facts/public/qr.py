"""An address as a picture to scan."""

from functools import lru_cache

from markupsafe import Markup


@lru_cache(maxsize=64)
def picture(address: str) -> Markup:
    """Return the QR code of an address, made once for each."""
    import segno

    drawn = segno.make_qr(address, error="m")
    # Only an address is in it, as black squares.
    return Markup(drawn.svg_inline(dark="#000", light="#fff", border=3, omitsize=True))  # noqa: S704
