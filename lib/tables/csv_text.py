"""Encodings and delimiters of the CSV files that spreadsheet programs save."""

DELIMITERS = ",;\t"
#: Some programs add a second one.
BYTE_ORDER_MARK = "\ufeff"
ALWAYS_DECODES = "latin-1"


def decode(content: bytes) -> str:
    """Decode what Excel and similar programs write: UTF-8, UTF-16 with its mark, Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").lstrip(BYTE_ORDER_MARK)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).lstrip(BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            continue
    return content.decode(ALWAYS_DECODES)


def delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=header.count)
