"""How the shop's products sold; and those of a warehouse."""

from collections.abc import Iterator
from random import Random

from reports.documents.kinds import Product, ProductPerformance
from reports.documents.samples.shop import FIRST, GOODS, LAST, lost


def product_performance() -> ProductPerformance:
    found = sorted(products(), key=lambda product: -product.revenue)
    return ProductPerformance(FIRST, LAST, "EUR", found, [lost()])


def products() -> Iterator[Product]:
    chance = Random(18)
    for number, (sku, name, price) in enumerate(GOODS):
        popular = 420 / (1 + number * 0.55)
        weeks = [max(0, round(popular / 4.4 * chance.uniform(0.6, 1.5))) for _ in range(10)]
        items = sum(weeks)
        before = round(items * chance.uniform(0.7, 1.25)) if sku != "TEA-DJ-FF" else 0
        yield Product(
            sku=sku,
            name=name,
            orders=round(items * 0.7),
            items=items,
            revenue=items * price,
            previous_items=before,
            previous_revenue=before * price,
            trend=[week * price for week in weeks],
        )


def many_products(number: int) -> ProductPerformance:
    """Of a warehouse: what is tried for time and memory."""
    chance = Random(number)
    products = [_one_of_many(at, chance) for at in range(number)]
    return ProductPerformance(FIRST, LAST, "EUR", sorted(products, key=lambda each: -each.revenue))


def _one_of_many(at: int, chance: Random) -> Product:
    _, name, price = GOODS[at % len(GOODS)]
    items = int(chance.paretovariate(0.9))
    return Product(
        sku=f"SKU-{at:06}",
        name=f"{name}, batch {at}",
        orders=items,
        items=items,
        revenue=items * (price + at),
        previous_items=items + 1,
        previous_revenue=chance.randrange(2 * items * price + 1),
        trend=[chance.randrange(price) for _ in range(10)],
    )
