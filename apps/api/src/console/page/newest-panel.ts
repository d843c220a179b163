import { findElement } from "./find-element.ts";
import { get } from "./page-call.ts";
import type { Contestant } from "./run-race.ts";
import { tableRow } from "./table-row.ts";

interface ListedChat {
  readonly id: string;
  readonly participants: readonly string[];
  readonly createdAt: string | null;
}

type Newest = Readonly<Record<Contestant, readonly ListedChat[]>>;

/** The newest chats of both contestants, whoever made them. */
export function newestPanel(token: () => string | null): { readonly refresh: () => Promise<void> } {
  let shown = "";
  return {
    async refresh() {
      const current = token();
      if (current === null) return;
      const place = findElement("newest-state", HTMLElement);
      try {
        const { body: newest } = await get<Newest>("/console/newest-chats", current);
        place.textContent = "";
        const text = JSON.stringify(newest);
        // What has not changed is left alone: somebody may be copying an id.
        if (text !== shown) show(newest);
        shown = text;
      } catch (error) {
        place.textContent = error instanceof Error ? error.message : String(error);
      }
    },
  };
}

function show(newest: Newest): void {
  for (const contestant of ["onechat", "naive"] as const)
    findElement(`${contestant}-newest`, HTMLTableSectionElement).replaceChildren(...rows(newest[contestant]));
}

function rows(chats: readonly ListedChat[]): readonly HTMLTableRowElement[] {
  if (chats.length === 0) return [tableRow(["None yet", "", ""])];
  return chats.map(({ id, participants, createdAt }) =>
    tableRow([
      participants.join(", "),
      id,
      createdAt === null ? "" : new Date(createdAt).toLocaleTimeString("en-GB"),
    ]),
  );
}
