import type { HistoryFacts } from "../../history/history-facts.ts";
import { type Html, html } from "../html.ts";

/** The frame of the timeline, which the page fills. */
export function timelineSection({ timelines }: HistoryFacts): Html {
  return html`<section id="timeline">
    <h2>Timeline of a key</h2>
    <p class="lead">
      Every call as a bar, in a lane per process. If exactly one chat came to be, it did so within the shaded
      window: not before its creator began or a reader still saw nothing, and not after its creator ended or
      anybody was answered with it.
    </p>
    ${
      timelines.length === 0
        ? html`<p class="none">There is no history to draw from.</p>`
        : html`<div data-timeline>
            <noscript><p class="none">The timeline is drawn by a script.</p></noscript>
          </div>`
    }
  </section>`;
}
