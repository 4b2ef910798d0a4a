"""What people want to hear, over a client."""

from typing import Any

import pytest
from links import VAPID_KEY, link

from contracts.emails import AddPushSubscription, RemovePushSubscription, SetPreference
from contracts.links import Unsubscribe
from mesh.testing import sent
from meshwork_client import errors
from meshwork_client.models import BrowserKeys
from orders.examples import BROWSER_KEYS, OLD_BROWSER

EMAIL = "ada@example.com"


def test_what_a_person_wants(client: Any, tx: Any) -> None:
    client.set_preference(email=EMAIL, kind="marketing", channel="push", wanted=True)
    [said] = sent(tx, SetPreference)
    assert (said.account, said.email, said.channel, said.wanted) == ("tests", EMAIL, "push", True)


def test_a_browser_comes_and_goes(client: Any, tx: Any) -> None:
    assert client.get_push_key().public_key == VAPID_KEY
    client.add_push_subscription(email=EMAIL, keys=BrowserKeys(**BROWSER_KEYS), **OLD_BROWSER)
    client.remove_push_subscription(**OLD_BROWSER)
    [added], [removed] = sent(tx, AddPushSubscription), sent(tx, RemovePushSubscription)
    assert added.endpoint == removed.endpoint == OLD_BROWSER["endpoint"]


def test_links_of_mails(client: Any, tx: Any) -> None:
    token = link("unsubscribe", Unsubscribe(account=None, email=EMAIL, kind="news")).rpartition("/")[2]
    assert b"a\xe2\x80\xa6@example.com" in client.get_unsubscribe_page(token).root
    client.unsubscribe(token, b"wanted=yes", content_type="application/x-www-form-urlencoded")
    assert [said.wanted for said in sent(tx, SetPreference)] == [True]
    with pytest.raises(errors.NoLink):
        client.get_file(token)
