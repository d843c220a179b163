import { once } from "node:events";
import type { Moment } from "./rule.ts";

/** A rule with everything decided. `End` is what ends a request; delays and holds only put it off. */
export interface ResolvedRule<Request, End> {
  readonly fits: (request: Request) => boolean;
  readonly when: Moment;
  readonly times: number | "always";
  readonly every: number;
  readonly fault: "hold" | { readonly delayMs: number } | End;
  /** For people. */
  readonly name: string;
}

/** A rule that was made; it is lifted at the end of `using rule = …`. */
export interface RuleHandle extends Disposable {
  /** How often it has struck. */
  readonly hits: () => number;
  /**
   * Resolves once it has struck so many times, once unless given.
   *
   * @throws Error that tells how often it has struck, after `withinMs`, 30,000 unless given
   */
  reached(hits?: number, withinMs?: number): Promise<void>;
  /** It strikes no more, and what it holds goes on. */
  lift(): void;
}

/** A rule, and how often it has struck. */
export class ActiveRule<Request, End> implements RuleHandle {
  readonly rule: ResolvedRule<Request, End>;
  readonly lifted: Promise<unknown>;
  readonly #lifting = new AbortController();
  readonly #reaching = new Set<() => void>();
  #fitting = 0;
  #hits = 0;

  constructor(rule: ResolvedRule<Request, End>) {
    this.rule = rule;
    this.lifted = once(this.#lifting.signal, "abort");
  }

  /**
   * Whether it does something to this request. This counts, so it is asked once.
   *
   * @throws Error when its own function throws
   */
  strikes(when: Moment, request: Request): boolean {
    const { rule } = this;
    if (this.#lifting.signal.aborted || when !== rule.when || !this.#fits(request)) return false;
    if (rule.times !== "always" && this.#hits >= rule.times) return false;
    this.#fitting += 1;
    if ((this.#fitting - 1) % rule.every !== 0) return false;
    this.#hits += 1;
    for (const look of this.#reaching) look();
    return true;
  }

  #fits(request: Request): boolean {
    try {
      return this.rule.fits(request);
    } catch (cause) {
      throw new Error(`${this.rule.name} cannot look at a request`, { cause });
    }
  }

  hits = (): number => this.#hits;

  lift = (): void => this.#lifting.abort();

  [Symbol.dispose] = this.lift;

  reached = (hits = 1, withinMs = 30_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = (): void =>
        reject(new Error(`${this.rule.name} struck ${this.#hits} times of ${hits} within ${withinMs} ms`));
      const timer = setTimeout(late, withinMs);
      const look = (): void => {
        if (this.#hits < hits) return;
        clearTimeout(timer);
        this.#reaching.delete(look);
        resolve();
      };
      this.#reaching.add(look);
      look();
    });
}
