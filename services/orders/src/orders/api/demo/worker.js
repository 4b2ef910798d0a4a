// Shows what is pushed, also while no page is open.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event.data ? event.data.json() : {})));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  if (url) event.waitUntil(open(new URL(url, self.location.origin).href));
});

async function show({ title = "News", body = "", url = null, tag = "" }) {
  // What comes twice, after a crash, takes its own place quietly; other news of the same thing may be heard.
  const shown = tag ? await self.registration.getNotifications({ tag }) : [];
  const renotify = shown.length > 0 && shown.every((each) => each.body !== body || each.title !== title);
  await self.registration.showNotification(title, { body, tag, renotify, data: { url } });
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === url);
  await (there ? there.focus() : self.clients.openWindow(url));
}
