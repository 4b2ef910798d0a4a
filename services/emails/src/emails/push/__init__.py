"""Web push: notifications that a browser shows, through the push service of whoever made it.

hosts.py         which push services we ask: their URLs come from clients
keys.py          VAPID: who we are, to push services; and what a browser's keys are
notification.py  what a browser is told, in no more bytes than fit
pusher.py        hands one push to one push service, encrypted for one browser
subscription.py  a browser
"""
