// mijoz.js: tells Mijoz what visitors do. See docs/sources.md; a test keeps it under 5 KB.
(() => {
  "use strict";
  const script = document.currentScript, set = script.dataset, me = (window.mijoz = window.mijoz || {});
  const address = (set.host || new URL(script.src).origin) + "/v1/batch";
  const off = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  const MOST = 200, AT_ONCE = 20, BYTES = 60000, memory = {};
  let queue = [], early = [], wait = 1000, allowed, sending, timer, seen;

  // Storage, or memory alone where the browser has none to give.
  const get = (name) => {
    if (name in memory) return memory[name];
    try { return localStorage.getItem("mijoz." + name); } catch { return null; }
  };
  const put = (name, value) => {
    memory[name] = value;
    try {
      if (value === null) localStorage.removeItem("mijoz." + name);
      else localStorage.setItem("mijoz." + name, value);
    } catch { /* memory has it */ }
  };
  const keep = () => put("queue", queue.length ? JSON.stringify(queue) : null);
  const id = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const add = (message) => {
    Object.assign(message, {
      messageId: id(),
      timestamp: new Date().toISOString(),
      context: {
        library: { name: "mijoz.js", version: "1" },
        locale: navigator.language,
        page: { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer },
      },
    });
    if (allowed) accept(message);
    else if (early.length < MOST) early.push(message); // waits for consent, in memory alone
  };
  const accept = (message) => {
    if (!get("anonymous")) put("anonymous", id());
    message.anonymousId = get("anonymous");
    if (message.userId) put("user", message.userId);
    else if (get("user")) message.userId = get("user");
    queue = [...queue, message].slice(-MOST);
    keep();
    if (queue.length < AT_ONCE) later(1000);
    else send();
  };
  const later = (ms) => {
    timer ||= setTimeout(() => { timer = 0; send(); }, ms);
  };
  const batch = (n = AT_ONCE) => {
    const some = queue.slice(0, n);
    const body = JSON.stringify({ writeKey: set.key, sentAt: new Date().toISOString(), batch: some });
    return n > 1 && body.length * 2 > BYTES ? batch(n >> 1) : { some, body };
  };
  // As plain text a call needs no question before it. What is sent twice counts once, by its messageId.
  const send = async () => {
    if (sending || !allowed || !queue.length || !navigator.onLine) return;
    const { some, body } = batch();
    let done = false;
    sending = true;
    try {
      const keepalive = body.length * 2 < BYTES, headers = { "Content-Type": "text/plain" };
      const { status } = await fetch(address, { method: "POST", body, headers, keepalive, credentials: "omit" });
      done = status < 500 && status !== 429;
    } catch { /* tried again */ }
    sending = false;
    if (!allowed) return;
    if (done) queue = queue.filter((message) => !some.includes(message));
    wait = done ? 1000 : Math.min(wait * 2, 60000);
    keep();
    if (queue.length) later(done ? 0 : wait);
  };
  const leave = () => {
    if (allowed && queue.length && !navigator.sendBeacon?.(address, batch().body)) send();
  };
  const view = () => {
    if (location.href === seen) return;
    seen = location.href;
    me.page();
  };

  me.identify = (user, traits) => {
    if (user && typeof user === "object") [user, traits] = [null, user];
    add({ type: "identify", userId: user ? `${user}` : undefined, traits: traits || {} });
  };
  me.track = (event, properties) => add({ type: "track", event, properties: properties || {} });
  me.page = (name, properties) => add({ type: "page", name: name || document.title, properties: properties || {} });
  me.reset = () => { put("user", null); put("anonymous", null); };
  me.consent = (yes) => {
    if (off) return;
    allowed = yes;
    put("consent", yes ? "yes" : set.consent ? null : "no");
    if (yes) return early.splice(0).forEach(accept);
    queue = [];
    early = [];
    me.reset();
    keep();
  };
  if (off) me.track = me.page = me.identify = () => {};
  else {
    allowed = get("consent") ? get("consent") === "yes" : !set.consent;
    if (allowed) {
      try { queue = JSON.parse(get("queue")) || []; } catch { /* begin anew */ }
      later(0);
    }
    if (set.pages !== "off") {
      for (const name of ["pushState", "replaceState"]) {
        const before = history[name];
        history[name] = function (...how) { before.apply(this, how); setTimeout(view); };
      }
      addEventListener("popstate", view);
      view();
    }
    addEventListener("online", send);
    addEventListener("pagehide", leave);
  }
  for (const [name, ...given] of me.q || []) me[name](...given);
})();
