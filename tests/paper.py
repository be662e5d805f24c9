"""What stands on a PDF of ours, for the stories."""

import re
import zlib
from pathlib import Path


def drawing(pdf: Path) -> bytes:
    """Return how the page is drawn."""
    packed = re.findall(rb"stream\n(.*?)\nendstream", pdf.read_bytes(), re.S)
    return b"\n".join(zlib.decompress(one) for one in packed if one.startswith(b"\x78"))


def words(pdf: Path) -> str:
    found = re.findall(rb"\(((?:[^()\\]|\\.)*)\)", drawing(pdf), re.S)
    text = " ".join(one.decode("windows-1252") for one in found)
    return re.sub(r"\\(.)", r"\1", text)
