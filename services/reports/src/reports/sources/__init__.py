"""Where figures come from beside messages: each part reads one kind of source, and knows no SQL.

fetching.py     a document at a URL, if it is new
rates.py        exchange rates, in the European Central Bank's XML
orders_api.py   orders of an account, from the orders service's HTTP API
folder.py       a folder into which people put files
orders_csv.py   orders of elsewhere, in CSV: table.py, bytes to rows; cells.py, text to values
"""
