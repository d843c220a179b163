import { auditPanel } from "./audit-panel.ts";
import { findElement } from "./find-element.ts";
import { developmentToken } from "./page-call.ts";
import { freshNames, racePanel } from "./race-panel.ts";
import { statusPanel } from "./status-panel.ts";

let token: string | null = null;
const status = statusPanel(() => token);
auditPanel(() => token);
racePanel();
freshNames();

const signIn = findElement("sign-in", HTMLFormElement);
signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  token = findElement("admin-token", HTMLInputElement).value.trim();
  void status.refresh();
});

try {
  token = await developmentToken("console", "chat:admin");
} catch {
  // Not in development: whoever has a token with scope chat:admin gives it.
  signIn.hidden = false;
  findElement("race-token-row", HTMLElement).hidden = false;
}
await status.refresh();
setInterval(() => {
  if (!document.hidden) void status.refresh();
}, 1_000);
