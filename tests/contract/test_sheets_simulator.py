"""The simulator under Google's own client habits: gspread, unchanged but for the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import gspread
import pytest
import requests
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient
from gspread.utils import ValueInputOption, ValueRenderOption

from rowshot_simulators.sheets import (
    Cell,
    Formula,
    SheetsSimulator,
    SheetsSimulatorOptions,
    start_sheets_simulator,
)

ROWS = [
    ["slug", "prompt", "qty"],
    ["0017", "一只红色茶壶", 3],
    ["b", "=1+1", 2.5],
    ["c", "@x", None],
]


class Redirected(HTTPClient):
    """gspread's client with its requests sent to another origin.

    The token is fetched by google-auth, but attached here: its own session would also ask Google's
    IAM service where the account may be used from.
    """

    base_url = ""

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        if "Authorization" not in self.session.headers:
            self.login()
        for origin in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
            endpoint = endpoint.replace(origin, self.base_url)
        return super().request(method, endpoint, *args, **kwargs)


def connect(sim: SheetsSimulator, info: dict[str, str] | None = None) -> gspread.Client:
    credentials = Credentials.from_service_account_info(
        info or sim.service_account_info(), scopes=gspread.auth.DEFAULT_SCOPES
    )
    client = gspread.Client(credentials, session=requests.Session(), http_client=Redirected)
    client.http_client.auth = credentials
    client.http_client.base_url = sim.base_url
    return client


@pytest.fixture(scope="module")
def sim() -> Iterator[SheetsSimulator]:
    with start_sheets_simulator(
        SheetsSimulatorOptions(reads_per_minute=None, writes_per_minute=None)
    ) as running:
        yield running


@pytest.fixture
def sheet(sim: SheetsSimulator) -> gspread.Worksheet:
    key = sim.create_spreadsheet("Catalogue", {"Sheet1": ROWS})
    return connect(sim).open_by_key(key).sheet1


def test_reads_what_was_put_there(sheet: gspread.Worksheet) -> None:
    assert sheet.get_all_values() == [
        ["slug", "prompt", "qty"],
        ["0017", "一只红色茶壶", "3"],
        ["b", "=1+1", "2.5"],
        ["c", "@x", ""],
    ]
    assert sheet.get("A2:C3", value_render_option=ValueRenderOption.unformatted) == [
        ["0017", "一只红色茶壶", 3],
        ["b", "=1+1", 2.5],
    ]


def test_a_new_worksheet_has_googles_size(sheet: gspread.Worksheet) -> None:
    assert (sheet.row_count, sheet.col_count) == (1000, 26)


def test_trailing_empties_are_trimmed_and_inner_ones_kept(sheet: gspread.Worksheet) -> None:
    sheet.update([["", "x", ""], ["", "", ""]], "E2:G3")
    assert sheet.get("D1:H10") == [[], ["", "", "x"]]
    answer = sheet.client.values_get(sheet.spreadsheet_id, "Sheet1!H1:I2")
    assert answer == {"range": "Sheet1!H1:I2", "majorDimension": "ROWS"}


def test_raw_and_user_entered(sheet: gspread.Worksheet) -> None:
    typed = ['=HYPERLINK("https://a.example","go")', "12.5", "TRUE", "5%", "'=no", "text", "+1"]
    sheet.update([typed], "A5", value_input_option=ValueInputOption.raw)
    sheet.update([typed], "A6", value_input_option=ValueInputOption.user_entered)
    unformatted = ValueRenderOption.unformatted
    assert sheet.row_values(5, value_render_option=unformatted) == typed
    assert sheet.row_values(6, value_render_option=unformatted) == [
        "go", 12.5, True, 0.05, "=no", "text", 1,
    ]  # fmt: skip
    assert sheet.row_values(6) == ["go", "12.5", "TRUE", "5%", "=no", "text", "1"]
    assert sheet.acell("A6", value_render_option=ValueRenderOption.formula).value == typed[0]


def test_an_image_formula_shows_nothing_and_is_kept(sheet: gspread.Worksheet) -> None:
    sheet.update([['=IMAGE("https://a.example/b.webp")']], "D2", raw=False)
    assert sheet.acell("D2").value in (None, "")
    cell = sheet.acell("D2", value_render_option=ValueRenderOption.formula)
    assert cell.value == '=IMAGE("https://a.example/b.webp")'


def test_writing_beyond_the_grid_is_googles_400(sheet: gspread.Worksheet) -> None:
    sheet.resize(rows=5, cols=4)
    for place in ("A6", "E1", "A5:A6"):
        with pytest.raises(gspread.exceptions.APIError) as caught:
            sheet.update([["x"], ["y"]], place)
        assert caught.value.code == 400
        assert "exceeds grid limits. Max rows: 5, max columns: 4" in caught.value.error["message"]
    with pytest.raises(gspread.exceptions.APIError, match="tried writing to row"):
        sheet.update([["x"], ["y"]], "A1:B1")


def test_appending_grows_the_grid(sheet: gspread.Worksheet) -> None:
    sheet.resize(rows=4)
    answer = sheet.append_row(["d", "new"])
    assert answer["updates"]["updatedRange"] == "Sheet1!A5:B5"
    assert answer["tableRange"] == "Sheet1!A1:C4"
    assert sheet.row_values(5) == ["d", "new"]


def test_inserting_sorting_and_deleting_rows(sheet: gspread.Worksheet) -> None:
    sheet.insert_rows([["z", "on top"]], row=2)
    assert sheet.col_values(1) == ["slug", "z", "0017", "b", "c"]
    sheet.sort((1, "des"), range="A2:C5")
    assert sheet.col_values(1) == ["slug", "z", "c", "b", "0017"]
    sheet.delete_rows(2, 3)
    assert sheet.col_values(1) == ["slug", "b", "0017"]
    assert sheet.row_values(3) == ["0017", "一只红色茶壶", "3"]
    sheet.insert_cols([["first", 1]], col=1)
    assert sheet.row_values(2) == ["1", "b", "=1+1", "2.5"]


def test_numbers_sort_before_texts_and_blanks_last(sim: SheetsSimulator) -> None:
    key = sim.create_spreadsheet("s", {"S": [["v"], ["b"], [None], [True], [10], ["A"], [9]]})
    sheet = connect(sim).open_by_key(key).sheet1
    sheet.sort((1, "asc"), range="A2:B7")
    assert sheet.get_values("A2:A7") == [["9"], ["10"], ["A"], ["b"], ["TRUE"]]


@pytest.mark.parametrize(
    "title", ["Launch 2025", "It's 'quoted'", "春季 目录", "a!b", "A1", "R1C1", "x/y:z"]
)
def test_titles_of_every_kind(sim: SheetsSimulator, title: str) -> None:
    key = sim.create_spreadsheet("t", {"Other": [["no"]], title: [["yes", "and"], ["more"]]})
    sheet = connect(sim).open_by_key(key).worksheet(title)
    assert sheet.get_all_values() == [["yes", "and"], ["more", ""]]
    sheet.update([["new"]], "B2")
    assert sheet.acell("B2").value == "new"
    assert sim.grid(key, "Other") == [["no"]]


@pytest.mark.parametrize(
    ("text", "expected", "values"),
    [
        ("Sheet1", "Sheet1!A1:Z1000", [["a", "b"], ["c", "d"]]),
        ("Sheet1!A:A", "Sheet1!A1:A1000", [["a"], ["c"]]),
        ("Sheet1!2:2", "Sheet1!A2:Z2", [["c", "d"]]),
        ("Sheet1!B2", "Sheet1!B2", [["d"]]),
        ("B1:B", "Sheet1!B1:B1000", [["b"], ["d"]]),
        ("Sheet1!R1C2:R2C2", "Sheet1!B1:B2", [["b"], ["d"]]),
        ("Sheet1!$B$2:$A$1", "Sheet1!A1:B2", [["a", "b"], ["c", "d"]]),
        ("Sheet1!A1:ZZ5000", "Sheet1!A1:Z1000", [["a", "b"], ["c", "d"]]),
    ],
)
def test_ranges(sim: SheetsSimulator, text: str, expected: str, values: list[list[str]]) -> None:
    key = sim.create_spreadsheet("r", {"Sheet1": [["a", "b"], ["c", "d"]]})
    answer = connect(sim).http_client.values_get(key, text)
    assert (answer["range"], answer["values"]) == (expected, values)


@pytest.mark.parametrize("text", ["Nope!A1", "Sheet1!A0", "Sheet1!", "Sheet1!ABCD1", "R0C1"])
def test_unparsable_ranges(sim: SheetsSimulator, text: str) -> None:
    key = sim.create_spreadsheet("r", {"Sheet1": []})
    with pytest.raises(gspread.exceptions.APIError) as caught:
        connect(sim).http_client.values_get(key, text)
    assert caught.value.error == {
        "code": 400,
        "message": f"Unable to parse range: {text}",
        "status": "INVALID_ARGUMENT",
    }


def test_reading_from_outside_the_grid_is_an_error(sim: SheetsSimulator) -> None:
    key = sim.create_spreadsheet("r", {"Sheet1": []})
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        connect(sim).http_client.values_get(key, "Sheet1!AA1:AB2")


def test_batches_are_all_or_nothing(sim: SheetsSimulator) -> None:
    key = sim.create_spreadsheet("b", {"Sheet1": [["keep"]]})
    write = {
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "=gone"}}]}],
        "fields": "userEnteredValue",
        "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0},
    }
    beyond = {**write, "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 26}}
    http = connect(sim).http_client
    with pytest.raises(gspread.exceptions.APIError) as caught:
        http.batch_update(key, {"requests": [{"updateCells": write}, {"updateCells": beyond}]})
    assert caught.value.error["message"] == (
        "Invalid requests[1].updateCells: GridCoordinate.columnIndex[26] is after last column in "
        "grid[26]"
    )
    assert sim.grid(key, "Sheet1") == [["keep"]]
    assert http.batch_update(key, {"requests": [{"updateCells": write}]})["replies"] == [{}]
    assert sim.entered(key, "Sheet1") == [["=gone"]]


def test_field_masks_and_grid_data(sim: SheetsSimulator) -> None:
    rows = [["slug"], ["a"], [], [True, Formula('=IMAGE("https://x.example/y")')]]
    key = sim.create_spreadsheet("m", {"One": [["no"]], "Two": rows})
    mask = (
        "sheets(properties(sheetId,gridProperties),"
        "data(startRow,startColumn,rowData/values(userEnteredValue,formattedValue)))"
    )
    answer = connect(sim).http_client.spreadsheets_get(
        key, {"ranges": ["Two!1:2", "Two!A3:B"], "fields": mask}
    )
    assert answer == {
        "sheets": [
            {
                "properties": {
                    "sheetId": 1,
                    "gridProperties": {"rowCount": 1000, "columnCount": 26},
                },
                "data": [
                    {
                        "rowData": [
                            {"values": [_text("slug")]},
                            {"values": [_text("a")]},
                        ]
                    },
                    {
                        "startRow": 2,
                        "rowData": [
                            {},
                            {
                                "values": [
                                    {
                                        "userEnteredValue": {"boolValue": True},
                                        "formattedValue": "TRUE",
                                    },
                                    {
                                        "userEnteredValue": {
                                            "formulaValue": '=IMAGE("https://x.example/y")'
                                        }
                                    },
                                ]
                            },
                        ],
                    },
                ],
            }
        ]
    }


def _text(value: str) -> dict[str, Any]:
    return {"userEnteredValue": {"stringValue": value}, "formattedValue": value}


def test_permissions(sim: SheetsSimulator) -> None:
    key = sim.create_spreadsheet("p", {"Sheet1": [["x"]]}, share={})
    http = connect(sim).http_client
    with pytest.raises(PermissionError):
        connect(sim).open_by_key(key)
    with pytest.raises(gspread.exceptions.APIError) as caught:
        http.values_get(key, "A1")
    assert caught.value.error == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }
    sim.share(key, sim.service_account_info()["client_email"], "reader")
    assert http.values_get(key, "A1")["values"] == [["x"]]
    with pytest.raises(gspread.exceptions.APIError, match="403"):
        http.values_update(key, "A1", {"valueInputOption": "RAW"}, {"values": [["y"]]})
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        connect(sim).open_by_key("1" * 44)


def test_a_protected_range_refuses_others(sim: SheetsSimulator, sheet: gspread.Worksheet) -> None:
    person = sim.person(sheet.spreadsheet_id, "Sheet1")
    person.protect(2, 3)
    sheet.update([["b2"]], "B2")
    with pytest.raises(gspread.exceptions.APIError) as caught:
        sheet.update([["x"]], "C2")
    assert caught.value.code == 400
    assert caught.value.error["message"].startswith(
        "You are trying to edit a protected cell or object."
    )
    person.edit(2, "qty", 9)
    assert sheet.acell("C2").value == "9"


def test_a_checkbox_is_a_boolean(sim: SheetsSimulator, sheet: gspread.Worksheet) -> None:
    person = sim.person(sheet.spreadsheet_id, "Sheet1")
    person.tick(3, "qty", False)
    cell = sheet.acell("C3", value_render_option=ValueRenderOption.unformatted)
    assert cell.value is False or cell.value == "FALSE"
    assert sim.entered(sheet.spreadsheet_id, "Sheet1")[2][2] is False


def test_formats_show_and_are_not_values(sheet: gspread.Worksheet) -> None:
    sheet.format("C2:C3", {"numberFormat": {"type": "NUMBER", "pattern": "0000"}})
    assert sheet.col_values(3) == ["qty", "0003", "0002"]  # 2.5 rounds half to even
    assert sheet.get("C2", value_render_option=ValueRenderOption.unformatted) == [[3]]


def test_exports(sim: SheetsSimulator) -> None:
    rows = [
        ["slug", "redo"],
        ["a,b", False],
        ["c\nd", True],
        [Cell(17, {"numberFormat": {"pattern": "0000"}})],
    ]
    key = sim.create_spreadsheet("e", {"Sheet1": rows, "春": [["x"]]})
    client = connect(sim)
    content = client.export(key, gspread.utils.ExportFormat.CSV)
    assert content == b'slug,redo\r\n"a,b",FALSE\r\n"c\nd",TRUE\r\n0017,'
    assert list(csv.reader(io.StringIO(content.decode(), newline="")))[2] == ["c\nd", "TRUE"]
    assert client.export(key, gspread.utils.ExportFormat.EXCEL)[:2] == b"PK"
    gid = sim.worksheet(key, "春").sheet_id
    link = f"{sim.base_url}/spreadsheets/d/{key}/export?format=csv&gid={gid}"
    answer = client.http_client.session.get(link, timeout=5)
    assert answer.content == b"x"


def test_worksheets_come_and_go(sim: SheetsSimulator, sheet: gspread.Worksheet) -> None:
    document = connect(sim).open_by_key(sheet.spreadsheet_id)
    added = document.add_worksheet("第二", rows=3, cols=2)
    assert (added.row_count, added.col_count) == (3, 2)
    with pytest.raises(gspread.exceptions.APIError, match="already exists"):
        document.add_worksheet("第二", rows=3, cols=2)
    sheet.update_title("Renamed")
    assert [w.title for w in document.worksheets()] == ["Renamed", "第二"]
    document.del_worksheet(added)
    with pytest.raises(gspread.exceptions.APIError, match="can't remove all the sheets"):
        document.del_worksheet(document.sheet1)


def test_a_token_needs_a_known_account_and_its_key(sim: SheetsSimulator) -> None:
    mine, other = sim.service_account_info(), sim.service_account_info("other")
    forged = {**mine, "private_key": other["private_key"]}
    with pytest.raises(Exception, match=r"Invalid JWT Signature"):
        connect(sim, forged).http_client.values_get("1" * 44, "A1")
    with pytest.raises(Exception, match="account not found"):
        connect(sim, {**mine, "client_email": "nobody@example.com"}).http_client.login()
    answer = requests.get(f"{sim.base_url}/v4/spreadsheets/{'1' * 44}", timeout=5)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_gspread_search_by_title(sim: SheetsSimulator) -> None:
    key = sim.create_spreadsheet("Only one of this name", {"Sheet1": []})
    assert connect(sim).open("Only one of this name").id == key
