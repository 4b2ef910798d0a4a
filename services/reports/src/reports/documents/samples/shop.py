"""The shop that all samples are of: what it sells, for how much, and in which month."""

from datetime import date, timedelta

from reports.documents.kinds import Unconverted

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
DAYS = [FIRST + timedelta(number) for number in range(31)]
_RATES = {"EUR": 1.0, "USD": 1.09, "JPY": 1.635}
"""Minor units for a cent: a yen has none smaller."""
GOODS = (
    ("TEA-EG-100", "Earl Grey, 100 g", 1299),
    ("TEA-DJ-FF", "Darjeeling First Flush, 50 g", 2450),
    ("TEA-SEN-100", "Sencha, 100 g", 1890),
    ("TEA-IVAN-75", "Иван-чай с листом смородины, 75 г", 940),
    ("POT-08", "Cast-iron teapot, 0.8 l", 6450),
    ("CUP-2", "Two cups, celadon glaze", 3200),
    ("TOWEL-2", "Linen tea towel, set of two", 1900),
    ("TEA-PU-357", "Pu-erh cake, 2019, 357 g", 5400),
    ("TEA-ROOI", "Rooibos with orange peel, 100 g", 890),
    ("HONEY-250", "Μέλι θυμαρίσιο, 250 g", 1450),
    ("TEA-JAS-100", "Jasmine pearls, 100 g", 2290),
    ("WHISK", "Bamboo whisk for matcha", 1750),
    ("TEA-MAT-30", "Matcha, ceremonial grade, 30 g", 2990),
    ("SPOON", "Measuring spoon, cherry wood", 650),
    ("TIN-100", "Tea tin, matt black, 100 g", 790),
    ("TEA-OOL-100", "Tieguanyin oolong, 100 g", 2150),
    ("CARD-25", "Gift card", 2500),
    ("TEA-MINT", "Nana mint, 50 g", 590),
)


def paid(cents: int, currency: str) -> int:
    """What so many cents are in the minor units of a currency."""
    return round(cents * _RATES[currency])


def lost() -> Unconverted:
    return Unconverted("KWD", 3, 21_400)
