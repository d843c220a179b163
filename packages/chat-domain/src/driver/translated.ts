/** How values cross from one copy of the driver to the other. */
export interface Translation {
  readonly outward: (value: unknown) => unknown;
  readonly inward: (value: unknown) => unknown;
}

/**
 * An object of a driver (a database, a collection, a cursor) whose arguments and answers are translated, and theirs in
 * turn. Errors are what they were.
 */
export function translated<T extends object>(target: T, translation: Translation): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== "function" || name === "constructor") return answer(member, translation);
      return (...args: readonly unknown[]): unknown =>
        answer(Reflect.apply(member, object, args.map(translation.outward)), translation);
    },
  });
}

function answer(value: unknown, translation: Translation): unknown {
  if (value instanceof Promise) return value.then((settled: unknown) => answer(settled, translation));
  const own = translation.inward(value);
  return own === value && isOfDriver(value) ? translated(value, translation) : own;
}

/** Neither data nor what a runtime has itself: an instance of a class. */
function isOfDriver(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "_bsontype" in value)
    return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return false;
  return !plainClasses.some((plain) => value instanceof plain);
}

const plainClasses = [Date, RegExp, Uint8Array, Map, Set, Error, AbortSignal] as const;
