import { cell, ensure, merge, nothing } from "../history/operation-table.ts";
import { Variant } from "../history/operation.ts";
import type { Evidence } from "./evidence.ts";
import { holds } from "./holds.ts";

/** An id that a register was given and that belongs to another. */
export interface ForeignId {
  readonly id: number;
  readonly owner: number;
  /** A row that named it, or `nothing` where only the database did. */
  readonly row: number;
  /** A row of the owner's that named it, or `nothing`. */
  readonly ownersRow: number;
}

/** By register and id, what was given out of others. */
export type ForeignIds = ReadonlyMap<number, ReadonlyMap<number, ForeignId>>;

/**
 * Every id belongs to one register of a variant. To which one, is said best by what was there before the run, then by
 * the database at the end, then by whoever created, and last by whoever was answered first.
 */
export function foreignIds(evidence: Evidence): ForeignIds {
  const { registers, initialOf, auditOf, idNumber } = evidence;
  const claims = openClaims(evidence);
  for (let register = 0; register < registers.length; register += 1)
    for (const id of initialOf(register)) claims.add(id, register, nothing);
  for (const [index, register] of registers.entries())
    for (const chat of auditOf(index)?.live ?? [])
      if (holds(chat, register)) claims.add(idNumber(chat.id), index, nothing);
  claimByRows(evidence, claims, true);
  claimByRows(evidence, claims, false);
  return claims.foreign;
}

interface Claims {
  readonly foreign: ForeignIds;
  add(id: number, register: number, row: number): void;
}

function openClaims({ registers, idCount }: Evidence): Claims {
  const variants = registers.map(({ variant }) => Variant.options.indexOf(variant));
  const places = idCount * Variant.options.length;
  const owners = new Int32Array(places).fill(nothing);
  const ownersRows = new Int32Array(places).fill(nothing);
  const foreign = new Map<number, Map<number, ForeignId>>();
  return {
    foreign,
    add(id, register, row) {
      const place = id * Variant.options.length + (variants[register] ?? 0);
      const owner = cell(owners, place);
      if (owner === nothing) owners[place] = register;
      if (owner === nothing || owner === register) {
        if (cell(ownersRows, place) === nothing) ownersRows[place] = row;
        return;
      }
      const known = foreign.get(register) ?? new Map<number, ForeignId>();
      if (!known.has(id)) known.set(id, { id, owner, row, ownersRow: cell(ownersRows, place) });
      foreign.set(register, known);
    },
  };
}

/** A merge names ids to ask for something, and proves nothing about whose they are. */
function claimByRows({ table, registerOf, isAnswer }: Evidence, claims: Claims, creators: boolean): void {
  for (let row = 0; row < table.length; row += 1) {
    const id = cell(table.id, row);
    const kind = cell(table.kind, row);
    const created = kind === ensure && cell(table.created, row) === 1;
    if (id === nothing || kind === merge || created !== creators || !isAnswer(row)) continue;
    const register = registerOf(row);
    if (register !== nothing) claims.add(id, register, row);
  }
}
