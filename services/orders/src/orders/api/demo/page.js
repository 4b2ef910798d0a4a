// Subscribes this browser and tells the API, step by step, each of which says how it went.

const at = (id) => document.getElementById(id);
const API = new URL("v1/", document.baseURI);

function say(step, state, text = "") {
  at(step).dataset.state = state;
  at(step).querySelector("span").textContent = text;
}

async function step(name, work) {
  say(name, "busy");
  try {
    const [result, text] = await work();
    say(name, "done", text);
    return result;
  } catch (error) {
    say(name, "wrong", error.message);
    throw error;
  }
}

async function ask(path, how = {}) {
  let answer;
  try {
    answer = await fetch(new URL(path, API), how);
  } catch {
    throw new Error("The API does not answer.");
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const faults = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  throw new Error(faults.join(", ") || problem.detail || problem.title || `The API said ${answer.status}.`);
}

function told(method, document) {
  const headers = { Authorization: `Bearer ${at("key").value.trim()}`, "Content-Type": "application/json" };
  return ask("push/subscriptions", { method, headers, body: JSON.stringify(document) });
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function supported() {
  if (!window.isSecureContext) throw new Error("Pushes need https, or this very machine as 127.0.0.1.");
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    throw new Error("It has no web push. On an iPhone, add this page to the home screen first.");
  }
  await navigator.serviceWorker.register("push-demo/worker.js", { scope: "push-demo" });
  return [await navigator.serviceWorker.ready, "Its service worker is ready."];
}

async function permitted() {
  const answer = await Notification.requestPermission();
  if (answer !== "granted") throw new Error("You do not. The browser's settings for this page change that.");
  return [answer, "Allowed."];
}

async function subscribed(worker) {
  const { public_key } = await (await ask("push/key")).json();
  const applicationServerKey = bytes(public_key);
  const old = await worker.pushManager.getSubscription();
  if (old && !same(old, applicationServerKey)) await old.unsubscribe(); // with another key it is of no use
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  return [made, new URL(made.endpoint).host];
}

function same(subscription, key) {
  const used = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return used.length === key.length && used.every((byte, index) => byte === key[index]);
}

async function registered(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const email = at("email").value.trim();
  await told("POST", { email, endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  return [email, `It is told what concerns ${email}.`];
}

async function start() {
  const worker = await step("support", supported);
  await step("permission", permitted);
  const subscription = await step("subscription", () => subscribed(worker));
  const email = await step("registration", () => registered(subscription));
  at("commands").textContent = commands(email);
  at("stop").hidden = at("next").hidden = false;
}

async function stop() {
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.getSubscription();
  if (subscription) {
    await step("registration", async () => [await told("DELETE", { endpoint: subscription.endpoint }), ""]);
    await subscription.unsubscribe();
  }
  for (const name of ["registration", "subscription"]) say(name, "", "Not any more.");
  at("stop").hidden = at("next").hidden = true;
}

function commands(email) {
  const order = {
    customer: { email, name: "Ada Lovelace", locale: "en" },
    currency: "EUR",
    lines: [{ sku: "TEA", name: "Earl Grey, 100 g", quantity: 2, unit_price: 1299 }],
  };
  const quoted = JSON.stringify(order).replaceAll("'", "'\\''");
  return `KEY=…   # the one above
AUTH="Authorization: Bearer $KEY"

curl -si ${new URL("orders", API)} -H "$AUTH" \\
  -H 'Content-Type: application/json' \\
  -d '${quoted}'

curl -s -X POST ${new URL("orders", API)}/ID/pay -H "$AUTH"`;
}

async function showOne() {
  const worker = await navigator.serviceWorker.ready;
  const body = "Your order will look like this when it is on its way.";
  await worker.showNotification("Hello from Meshwork", { body, tag: "demo", data: { url: document.baseURI } });
}

function doing(work) {
  return async (event) => {
    event.preventDefault();
    at("start").disabled = at("stop").disabled = true;
    await work().catch(() => {}); // its step says what went wrong
    at("start").disabled = at("stop").disabled = false;
  };
}

at("form").addEventListener("submit", doing(start));
at("stop").addEventListener("click", doing(stop));
at("try").addEventListener("click", doing(showOne));
step("support", supported)
  .then((worker) => worker.pushManager.getSubscription())
  .then((subscription) => {
    if (!subscription) return;
    say("subscription", "done", new URL(subscription.endpoint).host);
    at("stop").hidden = false;
  })
  .catch(() => {});
