"""Stands in for a service while its processes are what is tested: `fake_service.py <service> <role>`.

Real processes with the real contract (environment, health files, HTTP, SMTP), and as little as possible
behind it: the orders lie in a file, from which `emails worker` sends the receipts and `reports sales` counts.
FAKE_FAULT names what goes wrong.
"""

import json
import os
import signal
import smtplib
import sys
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from uuid import uuid4

FAULT = os.environ.get("FAKE_FAULT")
HEALTH = Path(os.environ["HEALTH_DIR"])
ORDERS = HEALTH.parent / "orders.jsonl"


def orders() -> list[dict]:
    return [json.loads(line) for line in ORDERS.read_text().splitlines()] if ORDERS.exists() else []


class Api(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert self.headers["Authorization"] == "Bearer mw_key"
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        order |= {"id": str(uuid4()), "placed_at": datetime.now(UTC).isoformat()}
        with ORDERS.open("a") as file:
            file.write(json.dumps(order) + "\n")
        total = sum(line["quantity"] * line["unit_price"] for line in order["lines"])
        nothing_yet = dict.fromkeys(("changed_at", "expires_at", "receipt_sent_at"))
        counts = {"version": 1, "total": total, "refunded": 0}
        self.answer(201, order | counts | nothing_yet | {"status": "placed", "metadata": {}})

    def do_GET(self) -> None:
        entries = [
            {"at": order["placed_at"], "service": service, "what": what}
            for order in orders()
            for service, what in [("orders", "placed"), ("emails", "receipt sent")]
            if order["id"] in self.path
        ]
        self.answer(200, {"order_id": self.path.split("/")[-2], "entries": entries})

    def answer(self, status: int, body: dict) -> None:
        self.send_response(status)
        self.send_header("Location", "/v1/orders/1")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


def api() -> None:
    server = ThreadingHTTPServer((os.environ["HTTP_HOST"], int(os.environ["HTTP_PORT"])), Api)
    Thread(target=server.serve_forever, daemon=True).start()


def send(order: dict) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = order["customer"]["email"], os.environ["MAIL_FROM"], "Receipt"
    mail["X-Order-Id"] = order["id"]
    mail.set_content("Thank you.")
    url = urlsplit(os.environ["SMTP_URL"])
    with smtplib.SMTP(url.hostname, url.port) as smtp:
        smtp.send_message(mail)
        if FAULT == "receipts twice":
            smtp.send_message(mail)


def sales() -> None:
    lines = [line for order in orders() for line in order["lines"]]
    items = sum(line["quantity"] for line in lines)
    revenue = sum(line["quantity"] * line["unit_price"] for line in lines)
    line = {"currency": "EUR", "orders": len(orders()), "items": items, "revenue": revenue}
    print(json.dumps({"day": sys.argv[3], "currencies": [line]}))


def serve(service: str, role: str) -> None:
    done = len(orders())
    while True:
        said = {"state": "ready", "pid": os.getpid(), "at": time.time()}
        draft = HEALTH / f"{service}-{role}.new"
        draft.write_text(json.dumps(said))
        draft.replace(HEALTH / f"{service}-{role}.json")
        if (service, role) == ("emails", "worker"):
            for order in orders()[done:]:
                send(order)
                done += 1
        time.sleep(0.05)


def pool_child() -> None:
    """What is left behind when a worker is killed and its pool is not."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)


def main(service: str, role: str, *_: str) -> None:
    print(f"hello from {service} {role}", file=sys.stderr)
    if f"{service} {role} does not start" == FAULT:
        sys.exit("no, thank you")
    if f"{service} {role} does not stop" == FAULT:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if role == "worker":
        pool_child()
    if role == "api":
        api()
    if role == "sales":
        sales()
    elif role == "keys":
        print("mw_key")
    elif role != "migrate":
        serve(service, role)


if __name__ == "__main__":
    main(*sys.argv[1:])
