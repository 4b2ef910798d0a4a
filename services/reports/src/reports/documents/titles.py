"""What a report of each kind is called, in its reader's words."""

from reports.documents.readers import Reader


def title(kind: str, reader: Reader) -> str:
    return {
        "daily_sales": reader.gettext("Daily sales"),
        "product_performance": reader.gettext("Product performance"),
        "customer_statement": reader.gettext("Statement"),
        "customer_statements": reader.gettext("Statements of customers"),
        "refunds": reader.gettext("Refunds"),
        "operations": reader.gettext("Operations of the mesh"),
    }[kind]
