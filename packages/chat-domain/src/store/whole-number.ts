/**
 * Up to what timers and the server take: a 32-bit number.
 *
 * @throws RangeError that names the option
 */
export function wholeNumber(name: string, value: number, least = 1): number {
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new RangeError(`${name} is a whole number from ${least} to ${2 ** 31 - 1}`);
}
