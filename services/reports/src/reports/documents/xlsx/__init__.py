"""Workbooks, by xlsxwriter.

book.py     the workbook and its cover         sheets.py   a table and a heat map as sheets
formats.py  how values stand in cells          charts.py   native charts, drawn from the sheets' cells
"""
