"""The kinds of problems that the API answers with.

Written by `make client` from the API's description: changes are lost.
"""

from meshwork_client.problem import ApiError


class EventsGone(ApiError):
    """What came behind Last-Event-ID is gone: read the orders anew."""


class ExpectationFailed(ApiError):
    """Nothing can be expected here but 100-continue."""


class FileGone(ApiError):
    """The file is gone: have the report made anew."""


class Forbidden(ApiError):
    """This key is not for that."""


class HeadTooLarge(ApiError):
    """The request's head is too large: 8 KB a line, 100 headers."""


class IdempotencyKey(ApiError):
    """An Idempotency-Key is 1 to 255 printable ASCII characters."""


class ImportTooLarge(ApiError):
    """An import has 100,000 orders at the most."""


class Impossible(ApiError):
    """An order that is placed cannot ship."""


class InWork(ApiError):
    """The request with this key is being worked on."""


class Internal(ApiError):
    """This is our fault. It is logged under the request's id."""


class Invalid(ApiError):
    """The document does not fit."""


class JobEnded(ApiError):
    """The job has ended: SUCCESS."""


class Malformed(ApiError):
    """This is no HTTP request, or ends too early."""


class NeverDue(ApiError):
    """'Europe/Berling' is no time zone: there are such as UTC, Europe/Berlin."""


class NoLink(ApiError):
    """This link opens nothing: it is not whole, is for something else, or has had its time."""


class NoPush(ApiError):
    """Nothing is pushed from here."""


class NoReports(ApiError):
    """No reports are made here."""


class NoTable(ApiError):
    """Line 1: The first line names the columns; it lacks sku."""


class NotFound(ApiError):
    """There is no such order."""


class NotJson(ApiError):
    """The body is not JSON."""


class NotMade(ApiError):
    """There is no file: the report's job is STARTED."""


class OtherRequest(ApiError):
    """This key was used for another request."""


class PushTarget(ApiError):
    """Nothing is pushed there: 10.0.0.1 is no public address."""


class QuotaExceeded(ApiError):
    """These are more requests than the limit allows."""


class Stale(ApiError):
    """The order has changed since you read it."""


class TooLarge(ApiError):
    """The order is too large: its lines come to more than 64 KiB."""


class TooManySchedules(ApiError):
    """An account has 50 schedules at the most."""


class TooManyStreams(ApiError):
    """Your account follows events by a hundred connections already."""


class TooManyWebhooks(ApiError):
    """An account has 20 endpoints at the most."""


class TooMuch(ApiError):
    """That is more than is left to be refunded."""


class TooSlow(ApiError):
    """The request did not come in time."""


class Unauthorized(ApiError):
    """A key is needed, as `Authorization: Bearer mw_…`; what came opens nothing."""


class Unavailable(ApiError):
    """The database is away. Try again."""


class UnsupportedMediaType(ApiError):
    """Documents are application/json, in UTF-8."""


class WebhookTarget(ApiError):
    """Webhooks do not go there: it has to begin with https://."""


BY_TYPE: dict[str, type[ApiError]] = {
    "/problems/events-gone": EventsGone,
    "/problems/expectation-failed": ExpectationFailed,
    "/problems/file-gone": FileGone,
    "/problems/forbidden": Forbidden,
    "/problems/head-too-large": HeadTooLarge,
    "/problems/idempotency-key": IdempotencyKey,
    "/problems/import-too-large": ImportTooLarge,
    "/problems/impossible": Impossible,
    "/problems/in-work": InWork,
    "/problems/internal": Internal,
    "/problems/invalid": Invalid,
    "/problems/job-ended": JobEnded,
    "/problems/malformed": Malformed,
    "/problems/never-due": NeverDue,
    "/problems/no-link": NoLink,
    "/problems/no-push": NoPush,
    "/problems/no-reports": NoReports,
    "/problems/no-table": NoTable,
    "/problems/not-found": NotFound,
    "/problems/not-json": NotJson,
    "/problems/not-made": NotMade,
    "/problems/other-request": OtherRequest,
    "/problems/push-target": PushTarget,
    "/problems/quota-exceeded": QuotaExceeded,
    "/problems/stale": Stale,
    "/problems/too-large": TooLarge,
    "/problems/too-many-schedules": TooManySchedules,
    "/problems/too-many-streams": TooManyStreams,
    "/problems/too-many-webhooks": TooManyWebhooks,
    "/problems/too-much": TooMuch,
    "/problems/too-slow": TooSlow,
    "/problems/unauthorized": Unauthorized,
    "/problems/unavailable": Unavailable,
    "/problems/unsupported-media-type": UnsupportedMediaType,
    "/problems/webhook-target": WebhookTarget,
}
