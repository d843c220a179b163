import { isBusy, setBusy } from "./busy-button.ts";
import { findElement } from "./find-element.ts";
import { query } from "./page-call.ts";
import { tableRow } from "./table-row.ts";

interface Audit {
  readonly complete: boolean;
  readonly checked: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly code: string;
    readonly message: string;
    readonly chat: string | null;
    readonly reference: { readonly collection: string; readonly id: string } | null;
  }[];
}

/** The button that starts an audit, and what it found. */
export function auditPanel(token: () => string | null): void {
  const button = findElement("audit-start", HTMLButtonElement);
  button.addEventListener("click", () => void audit(token, button));
}

async function audit(token: () => string | null, button: HTMLButtonElement): Promise<void> {
  if (isBusy(button)) return;
  const verdict = findElement("audit-verdict", HTMLElement);
  const current = token();
  if (current === null) return void (verdict.textContent = "Sign in first.");
  setBusy(button, true);
  verdict.textContent = "Looking at every chat …";
  try {
    const { body: found } = await query<Audit>("admin.audit", current, {});
    verdict.textContent = summary(found);
    findElement("audit-findings", HTMLTableSectionElement).replaceChildren(...found.findings.map(row));
    findElement("audit-table", HTMLTableElement).hidden = found.findings.length === 0;
  } catch (error) {
    verdict.textContent = error instanceof Error ? error.message : String(error);
  } finally {
    setBusy(button, false);
  }
}

function summary({ complete, checked, counts }: Audit): string {
  const found = Object.entries(counts).map(([code, count]) => `${count} ${code}`);
  const what = found.length === 0 ? "no problems found" : found.join(", ");
  const far = complete ? "" : " The time was over before everything was looked at: use migrator verify.";
  const documents = `${checked.toLocaleString("en")} document${checked === 1 ? "" : "s"}`;
  return `${documents} looked at: ${what}.${far}`;
}

function row({ code, message, chat, reference }: Audit["findings"][number]): HTMLTableRowElement {
  return tableRow([
    code,
    message,
    reference === null ? (chat ?? "") : `${reference.collection} ${reference.id}`,
  ]);
}
