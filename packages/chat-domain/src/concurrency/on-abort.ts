/** Who listens to each signal. */
const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Tells `listener` when a signal is aborted. All who wait for one signal share one listener of it: many calls on the
 * signal of one request are no leak, and Node would warn of one from the eleventh on.
 *
 * @returns what ends the listening
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listening.get(signal) ?? listenTo(signal);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  listening.set(signal, listeners);
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  signal.addEventListener("abort", tell, { once: true });
  return listeners;
}
