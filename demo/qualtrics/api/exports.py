"""Response exports: chooses the responses and makes the file."""

import json
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from demo.qualtrics.api.orders import TABLES, ExportRefused, Order, read_order
from demo.qualtrics.api.records import Continuation, Export
from demo.qualtrics.api.responses import Response, in_milliseconds
from demo.qualtrics.api.schema import LAST_MODIFIED
from demo.qualtrics.api.tables import table_rows
from demo.qualtrics.brand import Brand, new_id
from demo.qualtrics.survey import Survey

LIFE = timedelta(weeks=1)
CHUNK = 1 << 16
MEDIA_TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}


def start_export(brand: Brand, survey_id: str, body: Mapping[str, Any]) -> Export:
    """Start an export: its responses are chosen now, its file is made when it is fetched."""
    survey = brand.surveys[survey_id]
    order = read_order(survey, body)
    now = time.monotonic()
    chosen = _chosen(brand, survey, order, now)
    export = Export(
        progress_id=new_id("ES"),
        file_id=f"{uuid4()}-def",
        survey_id=survey_id,
        made_at=brand.clock(),
        media_type="application/zip" if order.compress else MEDIA_TYPES[order.format],
        pieces=_file_maker(survey, order, chosen),
        continuation_token=_continue_later(brand, survey_id, order, chosen, now),
    )
    with brand.lock:
        brand.exports[export.progress_id] = export
    return export


def _chosen(brand: Brand, survey: Survey, order: Order, now: float) -> list[Response]:
    after = _after(brand, survey.id, order)
    chosen = [
        response
        for response in brand.responses_of(survey.id)
        if response.circumstances.is_in_progress is order.in_progress
        and after < _known_from(response, order) <= now
        and (order.start is None or order.start <= _date(response, order))
        and (order.end is None or _date(response, order) < order.end)
    ]
    chosen.sort(key=lambda response: _position(response, order))
    return chosen[: order.limit]


def _known_from(response: Response, order: Order) -> float:
    return response.changed_from if order.by_modified else response.recorded_from


def _date(response: Response, order: Order) -> Any:
    return response.modified_at if order.by_modified else response.recorded_at


def _position(response: Response, order: Order) -> Any:
    """Return the sort key: an export that can be continued is cut by time of recording."""
    return (_known_from if order.allows_continuation else _date)(response, order)


def _after(brand: Brand, survey_id: str, order: Order) -> float:
    if order.continuation_token is None:
        return 0.0
    with brand.lock:
        found = brand.continuations.get(order.continuation_token)
    if found is None or found.survey_id != survey_id:
        raise ExportRefused("Invalid value for parameter 'continuationToken'.")
    if brand.clock() >= found.made_at + LIFE:
        raise ExportRefused("The continuation token has expired.")
    return found.after


def _continue_later(
    brand: Brand, survey_id: str, order: Order, chosen: list[Response], now: float
) -> str | None:
    if not order.allows_continuation:
        return None
    is_cut = order.limit is not None and len(chosen) == order.limit
    after = _known_from(chosen[-1], order) if is_cut else now
    token = uuid4().hex
    with brand.lock:
        brand.continuations[token] = Continuation(survey_id, brand.clock(), after)
    return token


def _file_maker(
    survey: Survey, order: Order, responses: list[Response]
) -> Callable[[], Iterator[bytes]]:
    """Return a function that makes the file, for each time it is fetched."""

    def make() -> Iterator[bytes]:
        pieces = in_chunks(_lines(survey, order, responses))
        return zipped(f"{survey.name}.{order.format}", pieces) if order.compress else pieces

    return make


def _lines(survey: Survey, order: Order, responses: Iterable[Response]) -> Iterator[bytes]:
    if order.format in TABLES:
        yield from table_rows(survey, order, responses)
    elif order.format == "ndjson":
        for response in responses:
            yield _as_json(response, order) + b"\n"
    else:
        separator = b'{"responses":['
        for response in responses:
            yield separator + _as_json(response, order)
            separator = b","
        yield b"]}" if separator == b"," else b'{"responses":[]}'


def _as_json(response: Response, order: Order) -> bytes:
    result = response.as_result()
    if (order.question_ids, order.embedded_ids, order.metadata_ids) != (None, None, None):
        result = _narrowed(result, response.survey, order)
    if order.by_modified:
        result["values"][LAST_MODIFIED.key] = in_milliseconds(response.modified_at)
    return json.dumps(result, separators=(",", ":")).encode()


def _narrowed(result: dict[str, Any], survey: Survey, order: Order) -> dict[str, Any]:
    narrowed: dict[str, Any] = {"responseId": result["responseId"]}
    for part in ("values", "labels", "displayedValues"):
        narrowed[part] = {k: v for k, v in result[part].items() if order.wants(survey, k)}
    narrowed["displayedFields"] = [k for k in result["displayedFields"] if order.wants(survey, k)]
    return narrowed


def in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join small pieces, so that a large file is not sent line by line."""
    chunk = bytearray()
    for piece in pieces:
        chunk += piece
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk)


class _Sink:
    """A buffer that a zip file is written to and taken from in parts."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is buffered elsewhere."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def zipped(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a zip archive of one file in parts, without holding all of it in memory."""
    sink = _Sink()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive,  # type: ignore[call-overload]
        archive.open(name, "w", force_zip64=True) as file,
    ):
        for piece in pieces:
            file.write(piece)
            yield sink.take()
    yield sink.take()
