import type { Document } from "mongodb";

/** Deeper documents are compared as a whole. */
const deepest = 4;

export interface Compared {
  /** Expressions of the two documents. */
  readonly loser: string;
  readonly survivor: string;
  /** Paths in which they may differ, and all that is inside. */
  readonly named: readonly string[];
  /** Before every path. */
  readonly prefix?: string;
}

/**
 * An expression: where two documents differ, as `[{path, isLost}]`. `isLost` is an array in which the loser has an element
 * that the survivor lacks.
 */
export function documentDifferences({ loser, survivor, named, prefix = "" }: Compared): Document {
  const compared = {
    $let: {
      vars: { theirs: leaf("$$theirLeaves"), ours: leaf("$$ourLeaves") },
      in: {
        path: { $concat: [prefix, "$$path"] },
        // Absent and null say the same.
        differs: { $ne: [{ $ifNull: ["$$theirs.value", null] }, { $ifNull: ["$$ours.value", null] }] },
        isLost: isLost("$$theirs.value", "$$ours.value"),
      },
    },
  };
  return {
    $let: {
      vars: { theirLeaves: leavesOf(loser, named), ourLeaves: leavesOf(survivor, named) },
      in: {
        $filter: {
          input: {
            $map: {
              input: { $setUnion: ["$$theirLeaves.path", "$$ourLeaves.path"] },
              as: "path",
              in: compared,
            },
          },
          as: "difference",
          cond: "$$difference.differs",
        },
      },
    },
  };
}

/** A document as the list of its values that are no documents: `[{path, value}]`. */
function leavesOf(document: string, named: readonly string[], depth = 1): Document {
  const field = `field${depth}`;
  const path = depth === 1 ? `$$${field}.k` : { $concat: [`$$path${depth - 1}`, ".", `$$${field}.k`] };
  const here = [{ path: `$$path${depth}`, value: `$$${field}.v` }];
  const isDocument = { $eq: [{ $type: `$$${field}.v` }, "object"] };
  const leaves: unknown =
    depth === deepest ? here : { $cond: [isDocument, leavesOf(`$$${field}.v`, named, depth + 1), here] };
  return {
    $reduce: {
      input: {
        $map: {
          input: { $objectToArray: document },
          as: field,
          in: {
            $let: {
              vars: { [`path${depth}`]: path },
              in: { $cond: [{ $in: [`$$path${depth}`, { $literal: named }] }, [], leaves] },
            },
          },
        },
      },
      initialValue: [],
      in: { $concatArrays: ["$$value", "$$this"] },
    },
  };
}

function isLost(theirs: string, ours: string): Document {
  const lacking = { $setDifference: [elements(theirs), { $cond: [{ $isArray: ours }, elements(ours), []] }] };
  return {
    $and: [{ $isArray: theirs }, { $ne: [{ $size: { $cond: [{ $isArray: theirs }, lacking, []] } }, 0] }],
  };
}

/** Without the `_id` that Mongoose gives to documents in an array; who compares by it alone is told of a difference. */
function elements(list: string): Document {
  const fields = {
    $filter: { input: { $objectToArray: "$$element" }, as: "field", cond: { $ne: ["$$field.k", "_id"] } },
  };
  const isGiven = { $eq: [{ $type: "$$element._id" }, "objectId"] };
  return {
    $map: {
      input: list,
      as: "element",
      in: {
        $cond: [
          { $and: [{ $eq: [{ $type: "$$element" }, "object"] }, isGiven] },
          {
            $let: {
              vars: { rest: fields },
              in: { $cond: [{ $eq: ["$$rest", []] }, "$$element", { $arrayToObject: "$$rest" }] },
            },
          },
          "$$element",
        ],
      },
    },
  };
}

/** Of a document's leaves the one at `$$path`. */
function leaf(leaves: string): Document {
  return { $first: { $filter: { input: leaves, as: "leaf", cond: { $eq: ["$$leaf.path", "$$path"] } } } };
}
