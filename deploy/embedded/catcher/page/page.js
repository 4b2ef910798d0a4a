// The list is asked for anew every two seconds while somebody looks; the chosen mail is the address's hash.

const PAGE = 50;
const $ = (id) => document.getElementById(id);

let shown = PAGE;
let mails = [];
let mail = null;
let tab = "html";
let drawn = "";

async function api(path, options) {
  const answer = await fetch(`/api/v1/${path}`, options);
  if (!answer.ok) throw new Error(`${answer.status} ${path}`);
  return answer.headers.get("Content-Type").includes("json") ? answer.json() : answer.text();
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const person = ({ Name, Address }) => (Name ? `${Name} <${Address}>` : Address);
const people = (list) => list.map(person).join(", ");
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`);

function when(text) {
  const date = new Date(text);
  const today = date.toDateString() === new Date().toDateString();
  return today ? date.toLocaleTimeString([], { timeStyle: "medium" }) : date.toLocaleDateString();
}

// The list

async function refresh() {
  const query = $("query").value.trim();
  const page = `limit=${shown}`;
  const found = await api(query ? `search?query=${encodeURIComponent(query)}&${page}` : `messages?${page}`);
  mails = found.messages;
  const now = JSON.stringify([found, location.hash]);
  if (now !== drawn) drawList(found, query);
  drawn = now;
}

function drawList(found, query) {
  $("list").replaceChildren(...mails.map(entry));
  $("count").textContent = found.unread ? `${found.total}, ${found.unread} unread` : found.total;
  $("nothing").hidden = mails.length > 0;
  $("nothing").textContent = query ? "No mail fits." : "No mails yet. They appear here as they come.";
  $("list").hidden = !mails.length;
  $("more").hidden = found.messages_count <= mails.length;
  $("clear").hidden = !found.total;
  document.title = found.unread ? `(${found.unread}) Mails` : "Mails";
}

function entry(mail) {
  const link = element(
    "a",
    { href: `#${mail.ID}`, className: mail.Read ? "" : "unread" },
    element("span", { className: "to", textContent: `To ${people([...mail.To, ...mail.Bcc])}` }),
    element("time", { dateTime: mail.Created, textContent: when(mail.Created), title: new Date(mail.Created).toLocaleString() }),
    element("span", { className: "subject", textContent: mail.Subject || "(no subject)" }),
    element("span", { className: "snippet", textContent: mail.Snippet }),
  );
  if (chosen() === mail.ID) link.setAttribute("aria-current", "true");
  return element("li", {}, link);
}

// The mail

const chosen = () => location.hash.slice(1);

async function open() {
  mail = chosen() ? await api(`message/${chosen()}`).catch(() => null) : null;
  $("mail").hidden = !mail;
  if (mail) drawMail();
  await refresh();
}

function drawMail() {
  $("subject").textContent = mail.Subject || "(no subject)";
  const head = [["From", person(mail.From)], ["To", people(mail.To)], ["Cc", people(mail.Cc)], ["Bcc", people(mail.Bcc)]];
  head.push(["Reply to", people(mail.ReplyTo)], ["Date", new Date(mail.Date).toLocaleString()], ["Size", size(mail.Size)]);
  const lines = head.filter(([, value]) => value);
  $("head").replaceChildren(...lines.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  $("files").replaceChildren(...[...mail.Attachments, ...mail.Inline].map(file));
  $("download").href = `/api/v1/message/${mail.ID}/raw`;
  $("download").download = `${mail.ID}.eml`;
  for (const button of document.querySelectorAll("[role=tab]")) {
    button.disabled = (button.dataset.tab === "html" && !mail.HTML) || (button.dataset.tab === "text" && !mail.Text);
  }
  const missing = document.querySelector(`[data-tab=${tab}]`).disabled;
  choose(!missing ? tab : mail.HTML ? "html" : mail.Text ? "text" : "source");
}

function file({ PartID, FileName, Size }) {
  const href = `/api/v1/message/${mail.ID}/part/${PartID}`;
  return element("a", { href, download: FileName, textContent: `${FileName} (${size(Size)})` });
}

async function choose(name) {
  tab = name;
  for (const button of document.querySelectorAll("[role=tab]")) button.ariaSelected = String(button.dataset.tab === name);
  const asked = mail.ID;
  const content = await views[name]();
  if (mail?.ID === asked && tab === name) $("body").replaceChildren(content);
}

const views = {
  html: () => element("iframe", { src: `/view/${mail.ID}.html`, sandbox: "allow-popups", title: "The mail" }),
  text: () => element("pre", { textContent: mail.Text }),
  source: async () => element("pre", { className: "source", textContent: await api(`message/${mail.ID}/raw`) }),
  headers: async () => {
    const rows = Object.entries(await api(`message/${mail.ID}/headers`)).flatMap(([name, values]) =>
      values.map((value) => element("tr", {}, element("th", {}, name), element("td", {}, value))),
    );
    return element("table", {}, element("tbody", {}, ...rows));
  },
};

// What people do

function step(by) {
  const next = mails[mails.findIndex(({ ID }) => ID === chosen()) + by];
  if (next) location.hash = next.ID;
}

addEventListener("hashchange", open);
addEventListener("keydown", (event) => {
  if (event.target.matches("input")) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});
$("query").addEventListener("input", refresh);
$("more").addEventListener("click", () => { shown += PAGE; refresh(); });
$("clear").addEventListener("click", async () => {
  if (!confirm("Delete all mails?")) return;
  await api("messages", { method: "DELETE" });
  location.hash = "";
  refresh();
});
for (const button of document.querySelectorAll("[role=tab]")) button.addEventListener("click", () => choose(button.dataset.tab));
// A failed look is made up for by the next one.
setInterval(() => document.hidden || refresh().catch(() => {}), 2000);
open();
