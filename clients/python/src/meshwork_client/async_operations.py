"""The API's operations, to be awaited.

Written by `make client` from the API's description: changes are lost.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from meshwork_client.call import Call, segment
from meshwork_client.models import Customer, Event, EventType, Line, Order, OrderPage, Status, Timeline
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

        * `id`: The order's.
        * `request_id`: A UUID: it comes back, and names the story in all logs.
        """
        return await self._call(
            Call("GET", f"/v1/orders/{segment(id)}", Order, headers={"X-Request-Id": request_id})
        )

    async def get_timeline(self, id: UUID | str, *, request_id: str | None = None) -> Timeline:
        """Read what was done for an order, and when.

        Each change, and what other services did for it: mails, figures.

        The key needs the scope `orders:read`.

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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

        * `id`: The order's.
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
