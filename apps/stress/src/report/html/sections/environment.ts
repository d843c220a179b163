import type { StressResult } from "../../../result/stress-result.ts";
import { noFigure, shareText, spanText } from "../../text/figure-text.ts";
import { shortened } from "../../text/visible-text.ts";
import { type Html, html } from "../html.ts";

export function environmentSection({ environment, client }: StressResult): Html {
  const facts: readonly (readonly [string, string])[] = [
    ...Object.entries(environment).slice(0, 60),
    ["sending process: event loop busy", shareText(client.eventLoopUtilization)],
    ["sending process: event loop late, p99", spanText(client.eventLoopDelayP99Ms)],
    [
      "open loop: calls sent late, p99",
      client.dispatchLagP99Ms === null ? noFigure : spanText(client.dispatchLagP99Ms),
    ],
  ];
  return html`<section id="environment">
    <h2>Where it ran</h2>
    <p class="lead">
      A seed plans the same calls and faults again; how real processes interleave is up to the machine.
    </p>
    <dl class="panel padded facts">
      ${facts.map(
        ([name, text]) =>
          html`<dt>${shortened(name, 80)}</dt>
            <dd>${shortened(text, 400)}</dd>`,
      )}
    </dl>
  </section>`;
}
