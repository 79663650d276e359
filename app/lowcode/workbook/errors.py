"""The limits of a workbook that is read, and the refusals of one that cannot be."""

from typing import Final

from app.kernel.errors import N_, DomainError

# An honest export of 100,000 rooms is below 20 MB packed and 200 MB unpacked; more is a packing bomb or another file.
MOST_MEGABYTES: Final = 60
MOST_MEGABYTES_UNPACKED: Final = 600
# Of all sheets together, the empty rows above the last filled one included.
MOST_ROWS: Final = 500_000
MOST_COLUMNS: Final = 400
MOST_SIGNS: Final = 80_000_000
"""As many characters may all cells hold together: what one shared text of a small file can be multiplied to."""
MOST_MEMORY: Final = 1024
"""MB of address space of the reading process."""
MOST_SECONDS: Final = 60


class UnreadableWorkbook(DomainError):
    """The file is no workbook, is damaged, or is something else under a workbook's name."""

    code = "unreadable_workbook"
    message = N_("读不出这个文件，请用 Excel 或 WPS 打开它，另存为 .xlsx 后再导入。")


class EncryptedWorkbook(UnreadableWorkbook):
    """The file asks for a password."""

    code = "encrypted_workbook"
    message = N_("这个文件设了打开密码，请取消密码后再导入。")


class EmptyWorkbook(UnreadableWorkbook):
    """The file opens but no sheet of it holds anything."""

    code = "empty_workbook"
    message = N_("这个文件是空的，没有可以导入的内容。")


class HiddenSheets(UnreadableWorkbook):
    """Everything that could be read stands on hidden sheets."""

    code = "sheet_hidden"
    message = N_("工作表“%(names)s”是隐藏的，没有读取。请取消隐藏，或删去不要的工作表，再导入。")


class OversizedWorkbook(UnreadableWorkbook):
    """The file is larger than any export of an estate."""

    code = "oversized_workbook"
    message = N_("这个文件超过 %(most)d MB 的限制，请删去无关的工作表和图片后再导入。")


class UnpackedTooLarge(OversizedWorkbook):
    """What a packed file unpacks to."""

    message = N_("这个文件解压后超过 %(most)d MB 的限制，请删去无关的工作表和图片后再导入。")


class TooManyRows(OversizedWorkbook):
    """Something stands below the last row that is read."""

    message = N_(
        "工作表“%(sheet)s”的单元格 %(cell)s 有内容，超过了全部工作表合计 %(most)s 行的限制。请删去数据以外的内容再导入。"
    )


class TooManyColumns(OversizedWorkbook):
    """Something stands right of the last column that is read."""

    message = N_(
        "工作表“%(sheet)s”的单元格 %(cell)s 有内容，超过了 %(most)d 列的限制。请删去数据以外的内容再导入。"
    )


class TooMuchText(OversizedWorkbook):
    """The cells hold more text than any export."""

    message = N_("这个文件里的文字超过 %(most)s 个字的限制，请分成几个文件导入。")


class TooMuchMemory(OversizedWorkbook):
    """Reading asked for more memory than the reading process has."""

    message = N_(
        "读取这个文件需要的内存超过 %(most)d MB 的限制。请删去数据以外的行和列（最后一行、最后一列是否有空格），另存为 .xlsx 再导入。"
    )


class TooMuchTime(OversizedWorkbook):
    """Reading took longer than it may."""

    message = N_("读取这个文件超过了 %(most)d 秒的限制。请删去无关的工作表，或分成几个文件导入。")


KINDS: Final = {
    kind.__name__: kind
    for kind in (
        UnreadableWorkbook,
        EncryptedWorkbook,
        EmptyWorkbook,
        OversizedWorkbook,
        UnpackedTooLarge,
        TooManyRows,
        TooManyColumns,
        TooMuchText,
        TooMuchMemory,
        TooMuchTime,
    )
}
"""By the name under which the reading process reports them."""
