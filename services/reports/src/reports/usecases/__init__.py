"""What reports does. Each function gets a transaction and leaves the commit to its caller.

landing.py   what arrives is kept as it is           transforming.py   it becomes facts
quoting.py   exchange rates                      rebuilding.py  facts and figures made again
loading.py   facts become figures                    making.py         figures become reports
"""
