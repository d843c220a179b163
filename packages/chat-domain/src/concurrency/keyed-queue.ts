/** Values by key, in the order in which their keys came. */
export class KeyedQueue<Value> {
  #values = new Map<string, Value>();
  #removed = 0;

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#removed += 1;
    this.#renew();
  }

  /** Takes the first so many out, or all there are; fewer where one of them no longer fits behind those before it. */
  take(count: number, fits: (value: Value) => boolean = () => true): readonly (readonly [string, Value])[] {
    const taken: (readonly [string, Value])[] = [];
    for (const entry of this.#values) {
      if (taken.length === count || !fits(entry[1])) break;
      taken.push(entry);
    }
    for (const [key] of taken) this.#values.delete(key);
    this.#removed += taken.length;
    this.#renew();
    return taken;
  }

  /**
   * A Map that is emptied and filled without end is a chain for the garbage collector: what it has let go of keeps
   * what came later from being collected young. A new one now and then, no dearer than the removals, breaks it.
   */
  #renew(): void {
    if (this.#removed < this.#values.size) return;
    this.#values = new Map(this.#values);
    this.#removed = 0;
  }
}
