"""Pages set by typst: a report's page becomes data, which the templates in ../typst lay out.

render.py   data in, PDF out                     parts.py    tables, charts and heat maps as data
values.py   values as text                       lists.py    tables of thousands of lines
widths.py   how wide text is in the font         scales.py   the axis of a chart
"""
