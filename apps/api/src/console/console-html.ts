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
<p>Two people open their chat at the same moment, from many devices. However many calls race, one chat comes of it.</p>
<form id="race-form">
<p><label for="race-first">User A</label><input id="race-first" value="alice" required maxlength="256"></p>
<p><label for="race-second">User B</label><input id="race-second" value="bob" required maxlength="256"></p>
<p><label for="race-calls">Calls</label><input id="race-calls" type="number" min="1" max="1000" value="100" required></p>
<p id="race-token-row" hidden><label for="race-token">Token of user A</label><input id="race-token" type="password" autocomplete="off"></p>
<button id="race-start">Race</button>
</form>
<p id="race-verdict" class="verdict" role="status" aria-live="polite">No race yet.</p>
<svg id="race-chart" role="img" aria-label="The calls of a race" preserveAspectRatio="none"></svg>
<p class="axis"><span>0 ms</span><span id="race-end"></span></p>
<ul class="legend"><li class="created">created</li><li class="existing">existing</li><li class="refused">refused</li></ul>
<p class="note">A bar is a call, from when it was asked for to its answer. A browser keeps six connections to a server, so later calls wait in the browser first.</p>
</section>
<section aria-labelledby="calls-title">
<h2 id="calls-title">Calls of this process</h2>
<dl>${Object.entries(counters)
  .map(([id, label]) => `<div><dt>${label}</dt><dd id="calls-${id}">…</dd></div>`)
  .join("")}</dl>
<h3 id="times-title">Latency of the status request</h3>
<svg id="times" role="img" aria-labelledby="times-title times-text" preserveAspectRatio="none"></svg>
<p id="times-text">…</p>
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
