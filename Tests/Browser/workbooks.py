"""Workbooks made from the counties' register."""
from openpyxl import load_workbook
from santong import REGISTER

# In the sheets of the register, counted from 1.
COMPUTERS_COLUMN = 17
FIRST_DATA_ROW = 5


def more_computers(path):
    """The same workbook with one more pupils' computer in each row that has a figure."""
    workbook = load_workbook(REGISTER)
    for sheet in workbook:
        for row in range(FIRST_DATA_ROW, sheet.max_row + 1):
            cell = sheet.cell(row, COMPUTERS_COLUMN)
            if type(cell.value) is int and type(sheet.cell(row, 1).value) is int:
                cell.value += 1
    workbook.save(path)
    return path
