import type { Document } from "mongodb";

/** Of an array the first elements, of a document the first fields: what comes after them is of the same kind. */
const mostElements = 50;
const mostFields = 200;
/** In bytes; longer text and binary data is no id. */
const longestText = 1_024;
const longestBinary = 64;
const deepest = 5;

/**
 * An expression: a value without what makes documents large, so that a look at its ids does not bring all of it over.
 * Deeper documents and arrays are left out.
 */
export function outline(value: string, depth = 0): Document | string {
  const name = `part${depth}`;
  const isDeepest = depth === deepest;
  const elements = {
    $map: {
      input: { $slice: [value, mostElements] },
      as: name,
      in: isDeepest ? null : outline(`$$${name}`, depth + 1),
    },
  };
  const fields = {
    $map: {
      input: { $slice: [{ $objectToArray: value }, mostFields] },
      as: name,
      in: { k: `$$${name}.k`, v: isDeepest ? null : outline(`$$${name}.v`, depth + 1) },
    },
  };
  const byType: readonly (readonly [type: string, outlined: unknown])[] = [
    ["string", { $cond: [{ $gt: [{ $strLenBytes: value }, longestText] }, "", value] }],
    ["binData", { $cond: [{ $gt: [{ $binarySize: value }, longestBinary] }, null, value] }],
    ["array", isDeepest ? [] : elements],
    ["object", isDeepest ? {} : { $arrayToObject: fields }],
  ];
  return byType.reduce<Document | string>(
    (otherwise, [type, outlined]) => ({ $cond: [{ $eq: [{ $type: value }, type] }, outlined, otherwise] }),
    value,
  );
}
