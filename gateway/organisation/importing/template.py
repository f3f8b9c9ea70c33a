"""An empty file to fill in."""

import csv
import io
from collections.abc import Iterable, Sequence

from gateway.organisation.importing.columns import COLUMNS, heads
from gateway.organisation.rights import Grants

_NOTES = {
    "zh": {
        "login": "必填。2–40 位字母、数字、点、横线或下划线。已有的登录名会被更新。",
        "name": "新账号必填。",
        "role": "新账号必填。角色名称或标识，见下。",
        "department": "部门路径，例如 售后部/上海组。",
        "region": "区域路径，例如 全国/华东/上海。",
        "groups": "客服组名称，多个用 ; 或 、 分隔。填写后以此为准，不在其中的组会退出。",
        "extension": "分机（内线），例如 8888。",
        "email": "邮箱，每人不同。",
        "phone": "手机或电话，每人不同。",
        "title": "职务。",
        "language": "zh 或 en，默认 zh。",
    },
    "en": {
        "login": "Required. 2–40 letters, digits, dots, hyphens or underscores; known ones are "
        "updated.",
        "name": "Required for new accounts.",
        "role": "Required for new accounts. Name or key of a role, see below.",
        "department": "Path of a department, e.g. Service/Shanghai.",
        "region": "Path of a region, e.g. China/East/Shanghai.",
        "groups": "Names of groups, separated by ; — the person leaves those not named.",
        "extension": "Internal number, e.g. 8888.",
        "email": "Mail address, of one person only.",
        "phone": "Phone number, of one person only.",
        "title": "Job title.",
        "language": "zh or en; zh unless given.",
    },
}
_TITLES = {
    "zh": ("账号", "说明", "空白单元格表示不变。"),
    "en": ("Accounts", "Notes", "Empty cells change nothing."),
}


def csv_template(language: str) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(heads(language))
    return text.getvalue().encode("utf-8-sig")


def workbook_template(language: str, roles: Iterable[Grants]) -> bytes:
    """A sheet to fill in, and one that says how."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    first, second, rule = _TITLES[language]
    book = Workbook()
    sheet = book.active
    sheet.title = first
    sheet.append(heads(language))
    for place, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True)
        # As text, or Excel would turn numbers into 1.38E+10.
        letter = cell.column_letter
        sheet.column_dimensions[letter].width = 24 if COLUMNS[place] in ("email", "groups") else 16
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    _write_notes(book.create_sheet(second), _note_lines(language, rule, roles))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _note_lines(language: str, rule: str, roles: Iterable[Grants]) -> list[Sequence[str]]:
    notes = zip(heads(language), _NOTES[language].values(), strict=True)
    names = ((role.key, role.name_zh if language == "zh" else role.name_en) for role in roles)
    return [*notes, ("", rule), ("", ""), *names]


def _write_notes(sheet: object, lines: Iterable[Sequence[str]]) -> None:
    for line in lines:
        sheet.append(line)  # type: ignore[attr-defined]
    for letter, width in (("A", 18), ("B", 80)):
        sheet.column_dimensions[letter].width = width  # type: ignore[attr-defined]
