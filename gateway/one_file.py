"""A request that brings one file: the part `file` of a form, and nothing else."""

from flask import request
from werkzeug.datastructures import FileStorage

from libs.common.errors import Unsupported, field_error

_ENVELOPE = 64 * 1024  # bytes: boundaries and part headers around the file

FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
                "additionalProperties": False,
            }
        }
    },
}


def one_file(most: int) -> FileStorage:
    """The file, of `most` bytes or little more; raises InvalidInput or Unsupported."""
    request.max_content_length = most + _ENVELOPE
    if request.mimetype != "multipart/form-data":
        raise Unsupported("media_type.unsupported", "send multipart/form-data")
    file = request.files.get("file")
    if file is None or not file.filename:
        raise field_error("file", "a file with its name is required", "field.required")
    if unknown := sorted({*request.files, *request.form} - {"file"}):
        raise field_error(unknown[0], "unknown field", "field.unknown")
    return file
