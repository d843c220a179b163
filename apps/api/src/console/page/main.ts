import { auditPanel } from "./audit-panel.ts";
import { findElement } from "./find-element.ts";
import { newestPanel } from "./newest-panel.ts";
import { developmentToken } from "./page-call.ts";
import { racePanel } from "./race-panel.ts";
import { statusPanel } from "./status-panel.ts";

let token: string | null = null;
const isDevelopment = developmentToken("console", "chat:admin").then(
  (given) => {
    token = given;
    return true;
  },
  () => false,
);

const status = statusPanel(() => token);
const newest = newestPanel(() => token);
auditPanel(() => token);
racePanel(async () => ((await isDevelopment) ? ["onechat", "naive"] : ["onechat"]));

const signIn = findElement("sign-in", HTMLFormElement);
signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  token = findElement("admin-token", HTMLInputElement).value.trim();
  void status.refresh();
});

// Elsewhere whoever has a token with scope chat:admin gives it, and nothing races beside onechat.
const development = await isDevelopment;
for (const id of ["sign-in", "race-token-row"]) findElement(id, HTMLElement).hidden = development;
for (const id of ["naive-lane", "newest"]) findElement(id, HTMLElement).hidden = !development;

async function refresh(): Promise<void> {
  await Promise.all([status.refresh(), development ? newest.refresh() : null]);
}
await refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, 1_000);
