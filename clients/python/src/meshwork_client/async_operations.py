"""The API's operations, to be awaited.

Written by `make client` from the API's description: changes are lost.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from meshwork_client.call import Call, Content, Lines, Nothing, segment
from meshwork_client.models import (
    BrowserKeys,
    By,
    Customer,
    Deliveries,
    DeliveryState,
    Event,
    EventType,
    Job,
    Line,
    LineFaults,
    Missed,
    Order,
    OrderPage,
    Period,
    PushKey,
    Reader,
    ReportFormat,
    ReportKind,
    Schedule,
    Schedules,
    Secret,
    Sent,
    Status,
    Timeline,
    Webhook,
    Webhooks,
)
from meshwork_client.transport import AsyncTransport


class AsyncOperations(AsyncTransport):
    """A method for each operation of the API."""

    async def place_order(
        self,
        *,
        customer: Customer,
        currency: str,
        lines: Sequence[Line],
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Place an order.

        It expires at `expires_at` unless it is paid until then. The customer gets a receipt by mail.

        The key needs the scope `orders:write`.

        * `customer`: Who buys.
        * `currency`: Of all prices: three letters of ISO 4217.
        * `lines`: What is bought.
        * `metadata`: Names and values of your own: orders can be found by them.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/orders",
                Order,
                body={"customer": customer, "currency": currency, "lines": lines, "metadata": metadata},
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def list_orders(
        self,
        *,
        status: Sequence[Status | str] | None = None,
        customer: str | None = None,
        placed_since: datetime | None = None,
        placed_until: datetime | None = None,
        metadata: Mapping[str, str] | None = None,
        limit: int | None = None,
        after: UUID | str | None = None,
        before: UUID | str | None = None,
        request_id: str | None = None,
    ) -> OrderPage:
        """List orders, the newest first.

        All that is asked for holds for each of them. `older` and `newer` lead to the next pages, and orders
        that are placed meanwhile shift nothing.

        The key needs the scope `orders:read`.

        * `status`: Any of these; may be given again.
        * `customer`: The customer's address.
        * `placed_since`: At that time or later.
        * `placed_until`: Before that time.
        * `metadata`: As `metadata[name]=value`: those that have it.
        * `limit`: How many at the most.
        * `after`: Those that follow this order in the list.
        * `before`: Those that precede it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "GET",
                "/v1/orders",
                OrderPage,
                query={
                    "status": status,
                    "customer": customer,
                    "placed_since": placed_since,
                    "placed_until": placed_until,
                    "metadata": metadata,
                    "limit": limit,
                    "after": after,
                    "before": before,
                },
                headers={"X-Request-Id": request_id},
            )
        )

    async def iter_orders(
        self,
        *,
        status: Sequence[Status | str] | None = None,
        customer: str | None = None,
        placed_since: datetime | None = None,
        placed_until: datetime | None = None,
        metadata: Mapping[str, str] | None = None,
        limit: int | None = None,
        request_id: str | None = None,
    ) -> AsyncIterator[Order]:
        """List orders, the newest first.

        All that is asked for holds for each of them. `older` and `newer` lead to the next pages, and orders
        that are placed meanwhile shift nothing.

        The key needs the scope `orders:read`.

        * `status`: Any of these; may be given again.
        * `customer`: The customer's address.
        * `placed_since`: At that time or later.
        * `placed_until`: Before that time.
        * `metadata`: As `metadata[name]=value`: those that have it.
        * `limit`: How many at the most.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        call = Call(
            "GET",
            "/v1/orders",
            OrderPage,
            query={
                "status": status,
                "customer": customer,
                "placed_since": placed_since,
                "placed_until": placed_until,
                "metadata": metadata,
                "limit": limit,
            },
            headers={"X-Request-Id": request_id},
        )
        while True:
            page = await self._call(call)
            for each in page.orders:
                yield each
            if not page.older:
                return
            call = call.at(page.older)

    async def get_order(self, id: UUID | str, *, request_id: str | None = None) -> Order:
        """Read an order.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/orders/{segment(id)}", Order, headers={"X-Request-Id": request_id})
        )

    async def get_timeline(self, id: UUID | str, *, request_id: str | None = None) -> Timeline:
        """Read what was done for an order, and when.

        Each change, and what other services did for it: mails, figures.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/orders/{segment(id)}/timeline", Timeline, headers={"X-Request-Id": request_id})
        )

    async def pay_order(
        self,
        id: UUID | str,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Mark an order as paid.

        It does not expire any more.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/pay",
                Order,
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def ship_order(
        self,
        id: UUID | str,
        *,
        carrier: str | None = None,
        tracking: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Mark an order as shipped.

        It must have been paid. The customer is told by mail.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `carrier`: Who takes it to the customer.
        * `tracking`: The carrier's number for the parcel.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/ship",
                Order,
                body={"carrier": carrier, "tracking": tracking},
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def deliver_order(
        self,
        id: UUID | str,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Mark an order as delivered.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/deliver",
                Order,
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def cancel_order(
        self,
        id: UUID | str,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Call off an order that is not paid.

        One that is paid is refunded instead.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `reason`: It is told to the customer.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/cancel",
                Order,
                body={"reason": reason},
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def refund_order(
        self,
        id: UUID | str,
        *,
        amount: int | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Give back what was paid, or a part of it.

        With all of it given back the order is `refunded`; after a part it stays what it was.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `amount`: In minor units of the order's currency. Left out: all that is left.
        * `reason`: It is told to the customer.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/refunds",
                Order,
                body={"amount": amount, "reason": reason},
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def add_note(
        self,
        id: UUID | str,
        *,
        text: str,
        for_customer: bool | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Order:
        """Add a note to an order.

        It becomes a line of the timeline, and is mailed to the customer where it is for them.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `text`: It may have several lines.
        * `for_customer`: Whether it is mailed to the customer.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/orders/{segment(id)}/notes",
                Order,
                body={"text": text, "for_customer": for_customer},
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def follow_events(
        self,
        *,
        type: Sequence[EventType | str] | None = None,
        last_event_id: str | None = None,
        request_id: str | None = None,
    ) -> AsyncIterator[tuple[str, Event]]:
        """Follow what becomes of your orders.

        Server-sent events, from now on, or from behind the one that `Last-Event-ID` names. Whichever
        process of ours you are connected to, you see what all of them do.

        The key needs the scope `orders:read`.

        * `type`: Any of these; may be given again. Left out: all.
        * `last_event_id`: The id of the last event that you have seen.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        async for each in self._follow(
            Call(
                "GET",
                "/v1/events",
                Event,
                query={"type": type},
                headers={"Last-Event-ID": last_event_id, "X-Request-Id": request_id},
            )
        ):
            yield each

    async def follow_order(
        self,
        id: UUID | str,
        *,
        type: Sequence[EventType | str] | None = None,
        last_event_id: str | None = None,
        request_id: str | None = None,
    ) -> AsyncIterator[tuple[str, Event]]:
        """Follow what becomes of one order, from its beginning.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `type`: Any of these; may be given again. Left out: all.
        * `last_event_id`: The id of the last event that you have seen.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        async for each in self._follow(
            Call(
                "GET",
                f"/v1/orders/{segment(id)}/events",
                Event,
                query={"type": type},
                headers={"Last-Event-ID": last_event_id, "X-Request-Id": request_id},
            )
        ):
            yield each

    async def register_webhook(
        self,
        *,
        url: str,
        types: Sequence[EventType | str] | None = None,
        description: str | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Secret:
        """Have events sent to a URL, from now on.

        The key needs the scope `webhooks`.

        * `url`: It takes a POST, and answers 2xx within 15 seconds.
        * `types`: Events to be sent there; none: all.
        * `description`: For people: what it is for.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/webhooks",
                Secret,
                body={"url": url, "types": types, "description": description},
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def list_webhooks(self, *, request_id: str | None = None) -> Webhooks:
        """List where events are sent.

        The key needs the scope `webhooks`.

        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(Call("GET", "/v1/webhooks", Webhooks, headers={"X-Request-Id": request_id}))

    async def get_webhook(self, id: UUID | str, *, request_id: str | None = None) -> Webhook:
        """Read where events are sent, and how it goes.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/webhooks/{segment(id)}", Webhook, headers={"X-Request-Id": request_id})
        )

    async def change_webhook(
        self,
        id: UUID | str,
        *,
        url: str | None = None,
        types: Sequence[EventType | str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        request_id: str | None = None,
    ) -> Webhook:
        """Change it, disable it, or enable it again: it goes on where it was, up to 30 days back.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `url`: It takes a POST, and answers 2xx within 15 seconds.
        * `types`: Events to be sent there; none: all.
        * `description`: For people: what it is for.
        * `enabled`: Whether anything is sent there.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "PATCH",
                f"/v1/webhooks/{segment(id)}",
                Webhook,
                body={"url": url, "types": types, "description": description, "enabled": enabled},
                headers={"X-Request-Id": request_id},
            )
        )

    async def remove_webhook(self, id: UUID | str, *, request_id: str | None = None) -> Nothing:
        """Have nothing sent there any more. What is on its way is forgotten.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("DELETE", f"/v1/webhooks/{segment(id)}", Nothing, headers={"X-Request-Id": request_id})
        )

    async def replace_secret(
        self, id: UUID | str, *, idempotency_key: str | None = None, request_id: str | None = None
    ) -> Secret:
        """Sign with another secret. For a day the old one signs, too.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/webhooks/{segment(id)}/secret",
                Secret,
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def test_webhook(
        self, id: UUID | str, *, idempotency_key: str | None = None, request_id: str | None = None
    ) -> Sent:
        """Send an event there that is about nothing: `webhook.test`.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/webhooks/{segment(id)}/test",
                Sent,
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def list_deliveries(
        self,
        id: UUID | str,
        *,
        state: DeliveryState | str | None = None,
        limit: int | None = None,
        after: UUID | str | None = None,
        request_id: str | None = None,
    ) -> Deliveries:
        """What was sent there, is on its way, or could not be delivered, with each attempt.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `state`: Those that are so.
        * `limit`: How many at the most.
        * `after`: Those that follow this delivery in the list.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "GET",
                f"/v1/webhooks/{segment(id)}/deliveries",
                Deliveries,
                query={"state": state, "limit": limit, "after": after},
                headers={"X-Request-Id": request_id},
            )
        )

    async def iter_deliveries(
        self,
        id: UUID | str,
        *,
        state: DeliveryState | str | None = None,
        limit: int | None = None,
        request_id: str | None = None,
    ) -> AsyncIterator[Sent]:
        """What was sent there, is on its way, or could not be delivered, with each attempt.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `state`: Those that are so.
        * `limit`: How many at the most.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        call = Call(
            "GET",
            f"/v1/webhooks/{segment(id)}/deliveries",
            Deliveries,
            query={"state": state, "limit": limit},
            headers={"X-Request-Id": request_id},
        )
        while True:
            page = await self._call(call)
            for each in page.deliveries:
                yield each
            if not page.older:
                return
            call = call.at(page.older)

    async def resend_delivery(
        self,
        id: UUID | str,
        delivery: UUID | str,
        *,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Sent:
        """Send one again, with all its attempts before it.

        The key needs the scope `webhooks`.

        * `id`: Which one.
        * `delivery`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/webhooks/{segment(id)}/deliveries/{segment(delivery)}/resend",
                Sent,
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def import_orders(
        self,
        content: bytes,
        *,
        content_type: str,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Job:
        """Place many orders, up to 100,000.

        As NDJSON, an order in each line, or as CSV, in which those with the same `order` are lines of one.
        The answer is a job: orders that do not fit are listed in the end, the others are placed.

        The key needs the scope `orders:write`.

        * `content`: What is sent.
        * `content_type`: What that is: `application/x-ndjson` or `text/csv`.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/imports",
                Job,
                content=content,
                headers={
                    "Content-Type": content_type,
                    "Idempotency-Key": idempotency_key,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def list_import_errors(self, id: UUID | str, *, request_id: str | None = None) -> Lines[LineFaults]:
        """What was wrong with which lines of an import, a line each.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "GET",
                f"/v1/imports/{segment(id)}/errors",
                Lines[LineFaults],
                headers={"X-Request-Id": request_id},
            )
        )

    async def make_report(
        self,
        *,
        kind: ReportKind | str,
        first_day: date,
        last_day: date,
        format: ReportFormat | str | None = None,
        locale: str | None = None,
        customer: str | None = None,
        each_by: By | str | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Job:
        """Have a report made, of your own orders. The answer is a job; its result says where the file is.

        The key needs the scope `orders:write`.

        * `kind`: `daily_sales`: orders, items and revenue of each day, in each currency and in one.
        `product_performance`: how each product sells, beside the period before. `customer_statement`: what
        one
        customer ordered, paid and got back. `customer_statements`: an archive with those of all customers
        who
        ordered or got something back then. `refunds`: what was paid back, and why.
        * `first_day`: From which day on, in UTC.
        * `last_day`: Until which day, it included: up to a year later.
        * `format`: How its file is written: JSON and CSV for programs, XLSX and PDF for people.
        * `locale`: Whose words and figures people read in it: a BCP 47 tag, such as en or pt-BR.
        * `customer`: Whose statement it is; null for all other kinds.
        * `each_by`: How each customer gets their own of `customer_statements`, by mail; null: they do not.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/reports",
                Job,
                body={
                    "kind": kind,
                    "first_day": first_day,
                    "last_day": last_day,
                    "format": format,
                    "locale": locale,
                    "customer": customer,
                    "each_by": each_by,
                },
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def get_report_file(self, id: UUID | str, *, request_id: str | None = None) -> Content:
        """The file of a report, named as a person would save it. It never changes.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/reports/{segment(id)}/file", Content, headers={"X-Request-Id": request_id})
        )

    async def get_job(self, id: UUID | str, *, request_id: str | None = None) -> Job:
        """How a job is doing, part by part.

        The key needs the scope `orders:read`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/jobs/{segment(id)}", Job, headers={"X-Request-Id": request_id})
        )

    async def revoke_job(self, id: UUID | str, *, request_id: str | None = None) -> Job:
        """Call a job off, running or not. What is done stays, and so does what is being done just now.

        The key needs the scope `orders:write`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("DELETE", f"/v1/jobs/{segment(id)}", Job, headers={"X-Request-Id": request_id})
        )

    async def add_schedule(
        self,
        *,
        name: str,
        kind: ReportKind | str,
        recipients: Sequence[Reader],
        cron: str | None = None,
        every: int | None = None,
        at: datetime | None = None,
        zone: str | None = None,
        format: ReportFormat | str | None = None,
        period: Period | str | None = None,
        locale: str | None = None,
        customer: str | None = None,
        by: By | str | None = None,
        each_by: By | str | None = None,
        missed: Missed | str | None = None,
        paused: bool | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Schedule:
        """Have a report of your own orders made again and again, or once at a time, and mailed.

        What is due in a gap of the zone's clocks is due as they go on; what they show twice, the first
        time.

        The key needs the scope `schedules`.

        * `name`: For people.
        * `kind`: What is told.
        * `recipients`: Who gets it.
        * `cron`: By the clocks of the zone: minute, hour, day of the month, month, day of the week.
        * `every`: So many seconds apart, the first time `at`.
        * `at`: Once, if no `every` stands beside it.
        * `zone`: Whose clocks and days are meant: a name such as Europe/Berlin.
        * `format`: How its file is written.
        * `period`: Which days, as seen from when it falls due. None that is still going on, but in the
          last.
        * `locale`: Of the report: a BCP 47 tag.
        * `customer`: Whose statement it is; null for all other kinds.
        * `by`: What is too large for a mail goes by link all the same.
        * `each_by`: How each customer gets their own of `customer_statements`; null: they do not.
        * `missed`: Of times that were missed, `once` makes up for the last, `each` for all.
        * `paused`: Whether nothing falls due until it is resumed.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/schedules",
                Schedule,
                body={
                    "name": name,
                    "kind": kind,
                    "recipients": recipients,
                    "cron": cron,
                    "every": every,
                    "at": at,
                    "zone": zone,
                    "format": format,
                    "period": period,
                    "locale": locale,
                    "customer": customer,
                    "by": by,
                    "each_by": each_by,
                    "missed": missed,
                    "paused": paused,
                },
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def list_schedules(self, *, request_id: str | None = None) -> Schedules:
        """List schedules, also those that an operator made for you.

        The key needs the scope `schedules`.

        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(Call("GET", "/v1/schedules", Schedules, headers={"X-Request-Id": request_id}))

    async def get_schedule(self, id: UUID | str, *, request_id: str | None = None) -> Schedule:
        """Read a schedule, when it falls due, and what came of it last.

        The key needs the scope `schedules`.

        * `id`: Which one.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/schedules/{segment(id)}", Schedule, headers={"X-Request-Id": request_id})
        )

    async def remove_schedule(
        self, id: UUID | str, *, if_version: int | None = None, request_id: str | None = None
    ) -> Nothing:
        """Have nothing fall due any more. That is for good.

        The key needs the scope `schedules`.

        * `id`: Which one.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "DELETE",
                f"/v1/schedules/{segment(id)}",
                Nothing,
                headers={"If-Match": if_version, "X-Request-Id": request_id},
            )
        )

    async def pause_schedule(
        self,
        id: UUID | str,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Schedule:
        """Have nothing fall due until it is resumed.

        The key needs the scope `schedules`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/schedules/{segment(id)}/pause",
                Schedule,
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def resume_schedule(
        self,
        id: UUID | str,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Schedule:
        """Go on, with what falls due from now on.

        The key needs the scope `schedules`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/schedules/{segment(id)}/resume",
                Schedule,
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def run_schedule(
        self,
        id: UUID | str,
        *,
        idempotency_key: str | None = None,
        if_version: int | None = None,
        request_id: str | None = None,
    ) -> Schedule:
        """Have its report made and mailed now, as if it fell due; also of one that is paused.

        The key needs the scope `schedules`.

        * `id`: Which one.
        * `idempotency_key`: The same request may be sent again under it.
        * `if_version`: The version that is meant, as an ETag.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/schedules/{segment(id)}/run",
                Schedule,
                headers={
                    "Idempotency-Key": idempotency_key,
                    "If-Match": if_version,
                    "X-Request-Id": request_id,
                },
            )
        )

    async def set_preference(
        self, *, email: str, kind: str, channel: str, wanted: bool, request_id: str | None = None
    ) -> Nothing:
        """Say what a person wants to hear of you. The latest word holds, also over a link in a mail.

        The key needs the scope `people:write`.

        * `email`: Whose wish it is.
        * `kind`: Such as `receipt` or `newsletter`; `marketing`: all that is not about something they did.
        * `channel`: Where they want to hear of it, or not.
        * `wanted`: Whether they do.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "PUT",
                "/v1/preferences",
                Nothing,
                body={"email": email, "kind": kind, "channel": channel, "wanted": wanted},
                headers={"X-Request-Id": request_id},
            )
        )

    async def get_unsubscribe_page(self, token: str, *, request_id: str | None = None) -> Content:
        """A page for whoever follows the link in a mail, with a button. To look at it changes nothing.

        In English, or Russian for who asks for it by Accept-Language. What goes wrong is a page, too, for
        who asks for text/html.

        No key is needed.

        * `token`: The end of the link.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/unsubscribe/{segment(token)}", Content, headers={"X-Request-Id": request_id})
        )

    async def unsubscribe(
        self, token: str, content: bytes, *, content_type: str, request_id: str | None = None
    ) -> Content:
        """Send no more such mails: the page's button, or a mail program's (RFC 8058, one click).

        It may be sent again, and taken back with `wanted=yes`.

        No key is needed.

        * `token`: The end of the link.
        * `content`: What is sent.
        * `content_type`: What that is: `application/x-www-form-urlencoded` or `multipart/form-data`.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                f"/v1/unsubscribe/{segment(token)}",
                Content,
                content=content,
                headers={"Content-Type": content_type, "X-Request-Id": request_id},
            )
        )

    async def get_push_key(self, *, request_id: str | None = None) -> PushKey:
        """What a page subscribes a browser with. It is no secret.

        No key is needed.

        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(Call("GET", "/v1/push/key", PushKey, headers={"X-Request-Id": request_id}))

    async def add_push_subscription(
        self,
        *,
        email: str,
        endpoint: str,
        keys: BrowserKeys,
        idempotency_key: str | None = None,
        request_id: str | None = None,
    ) -> Nothing:
        """Have a browser told what its user wants to hear. The same again changes nothing.

        The key needs the scope `people:write`.

        * `email`: Of the person who uses it.
        * `endpoint`: Where its push service takes pushes.
        * `keys`: What they are encrypted with.
        * `idempotency_key`: The same request may be sent again under it.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "POST",
                "/v1/push/subscriptions",
                Nothing,
                body={"email": email, "endpoint": endpoint, "keys": keys},
                headers={"Idempotency-Key": idempotency_key, "X-Request-Id": request_id},
            )
        )

    async def remove_push_subscription(self, *, endpoint: str, request_id: str | None = None) -> Nothing:
        """Push nothing more to a browser. It is well if nothing was pushed there.

        The key needs the scope `people:write`.

        * `endpoint`: Where its push service takes pushes.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call(
                "DELETE",
                "/v1/push/subscriptions",
                Nothing,
                body={"endpoint": endpoint},
                headers={"X-Request-Id": request_id},
            )
        )

    async def get_file(self, token: str, *, request_id: str | None = None) -> Content:
        """The file that the link in a mail is for, such as a report, named as a person would save it.

        What goes wrong is a page for who asks for text/html.

        No key is needed.

        * `token`: The end of the link.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/files/{segment(token)}", Content, headers={"X-Request-Id": request_id})
        )
