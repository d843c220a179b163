import type { StressResult } from "../../../result/stress-result.ts";
import { type Html, html } from "../html.ts";

/** Frames that the page draws into. */
export function overTimeSection({ seconds, faults }: StressResult): Html {
  return html`<section id="time">
    <h2>Over time</h2>
    <p class="lead">
      Variants take turns in short rounds, so each has points where its rounds
      were.${faults.length === 0 ? null : " Faults are shaded."}
    </p>
    ${seconds.length === 0 ? html`<p class="none">No call ended.</p>` : frames()}
  </section>`;
}

function frames(): Html {
  const plots = [
    ["latency", "Latency of answered calls, milliseconds"],
    ["throughput", "Answered calls per second"],
    ["trouble", "Calls that failed, or whose outcome is unknown, per second"],
  ] as const;
  return html`<div class="tools" data-tools="time" hidden></div>
    <div class="panel">
      ${plots.map(
        ([name, title]) =>
          html`<figure class="chart" data-figure="${name}">
            <figcaption>${title}</figcaption>
            <div
              class="plot"
              data-plot="${name}"
              role="img"
              aria-label="${title}, over the seconds of the run"
            >
              <noscript><p class="none">The chart is drawn by a script.</p></noscript>
            </div>
          </figure>`,
      )}
    </div>`;
}
