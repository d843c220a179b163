import type { ChatCounts } from "../observe/chat-observer.ts";

const counters: Readonly<Record<keyof ChatCounts, string>> = {
  created: "Created",
  existing: "Existing",
  claimed: "Claimed from before onechat",
  raced: "Lost a race, and got the winner's chat",
  retried: "Tried again",
  released: "Key taken off a chat that no longer matches it",
  integrity: "Refused: no longer matches its key",
};

const lanes = [
  ["onechat", "onechat", "One write; the database decides who creates."],
  ["naive", "Find, then insert", "Two steps; others may insert in between."],
] as const;

/** The page. It holds no data: everything comes from the API, for whoever may ask. */
export const consoleHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>onechat</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/console.css">
<script type="module" src="/console/main.js"></script>
</head>
<body>
<a class="skip" href="#race">Skip to the race</a>
<header>
<h1>onechat</h1>
<p><span id="ready" role="status" data-mood="">…</span> · version <span id="version">…</span></p>
</header>
<main>
<form id="sign-in" hidden>
<h2>Sign in</h2>
<label for="admin-token">A token with scope <code>chat:admin</code></label>
<input id="admin-token" type="password" autocomplete="off" required>
<button>Sign in</button>
</form>
<section id="race" aria-labelledby="race-title" tabindex="-1">
<h2 id="race-title">Race</h2>
<p>Two users open their chat at the same moment, from many devices. No matter how many requests run at once, onechat makes one chat.</p>
<form id="race-form" novalidate>
${field("race-first", "User A", 'value="alice" required')}
${field("race-second", "User B", 'value="bob" required')}
${field("race-calls", "Calls", 'type="number" min="1" max="1000" value="100" required')}
${field("race-token", "Token of user A", 'type="password" autocomplete="off"', " hidden")}
<button id="race-start">Race</button>
</form>
<p id="race-verdict" class="verdict" role="status" aria-live="polite">No race yet.</p>
<div id="lanes">
${lanes
  .map(
    ([id, title, how]) => `<div id="${id}-lane" class="lane">
<h3>${title}</h3>
<p class="note">${how}</p>
<p><span id="${id}-chats" class="chats" data-mood="">–</span> <span id="${id}-counts"></span></p>
<svg id="${id}-chart" class="race-chart" role="img" aria-label="No race yet" preserveAspectRatio="none"></svg>
<p class="axis"><span>0 ms</span><span id="${id}-end"></span></p>
</div>`,
  )
  .join("\n")}
</div>
<ul class="legend"><li class="created">created</li><li class="existing">existing</li><li class="refused">refused</li></ul>
<p class="note">A bar is a call while the server worked on it, as the server timed it. The browser sends six at a time; how long the others waited for their turn is left out.</p>
</section>
<section id="newest" aria-labelledby="newest-title">
<h2 id="newest-title">Newest chats</h2>
<p id="newest-state" role="status"></p>
<div class="lists">
${lanes
  .map(
    ([
      id,
      title,
    ]) => `<div class="scroll" role="region" aria-labelledby="${id}-newest-title" tabindex="0"><table>
<caption id="${id}-newest-title">${title}</caption>
<thead><tr><th scope="col">Users</th><th scope="col">Chat</th><th scope="col">Created</th></tr></thead>
<tbody id="${id}-newest"></tbody>
</table></div>`,
  )
  .join("\n")}
</div>
</section>
<section aria-labelledby="calls-title">
<h2 id="calls-title">Calls of this process</h2>
<dl>${Object.entries(counters)
  .map(([id, label]) => `<div><dt>${label}</dt><dd id="calls-${id}">…</dd></div>`)
  .join("")}</dl>
<h3 id="times-title">Latency of the status request</h3>
<svg id="times" role="img" aria-labelledby="times-title times-text" preserveAspectRatio="none"></svg>
<p id="times-text">…</p>
<p class="note">As the server timed it: the browser's own queue is left out.</p>
</section>
<section aria-labelledby="database-title">
<h2 id="database-title">Database</h2>
<dl>
<div><dt>Unique index</dt><dd id="index" data-mood="">…</dd></div>
<div><dt>Sealed</dt><dd id="sealed">…</dd></div>
<div><dt>Duplicates</dt><dd id="journal">…</dd></div>
<div><dt>Connections</dt><dd id="pool">…</dd></div>
</dl>
<h3>Audit</h3>
<p>Looks at every chat: keys, duplicates, what was merged.</p>
<button id="audit-start" type="button">Audit</button>
<p id="audit-verdict" class="verdict" role="status" aria-live="polite"></p>
<div class="scroll"><table id="audit-table" hidden>
<thead><tr><th scope="col">Finding</th><th scope="col">What</th><th scope="col">Where</th></tr></thead>
<tbody id="audit-findings"></tbody>
</table></div>
</section>
</main>
</body>
</html>
`;

/** With a place below it for what is wrong with it. */
function field(id: string, label: string, attributes: string, row = ""): string {
  return `<p id="${id}-row"${row}><label for="${id}">${label}</label>
<input id="${id}" ${attributes} aria-describedby="${id}-flaw"><span id="${id}-flaw" class="flaw"></span></p>`;
}
