/** What the order of the writes rests on. */
export interface Rules {
  readonly holderIsLookedAt: boolean;
  readonly bothAreLookedAtBefore: boolean;
  readonly bothAreLookedAtAgain: boolean;
  readonly bothAreLookedAtBeforeTheEnd: boolean;
  readonly bothAreLookedAtBySweeps: boolean;
  readonly duplicateIsNamedFirst: boolean;
  readonly commitComesBeforeMoves: boolean;
  readonly commitDemandsWhatWasSeen: boolean;
  readonly claimDemandsWhatWasSeen: boolean;
  readonly takingDemandsTheMismatch: boolean;
  readonly releasedAreLeftAlone: boolean;
  readonly messagesGoBackBeforeItsRevival: boolean;
  readonly undoneBeforeForgotten: boolean;
  readonly survivorsKeepDoubledKeys: boolean;
}

export const rules: Rules = {
  holderIsLookedAt: true,
  bothAreLookedAtBefore: true,
  bothAreLookedAtAgain: true,
  bothAreLookedAtBeforeTheEnd: true,
  bothAreLookedAtBySweeps: true,
  duplicateIsNamedFirst: true,
  commitComesBeforeMoves: true,
  commitDemandsWhatWasSeen: true,
  claimDemandsWhatWasSeen: true,
  takingDemandsTheMismatch: true,
  releasedAreLeftAlone: true,
  messagesGoBackBeforeItsRevival: true,
  undoneBeforeForgotten: true,
  survivorsKeepDoubledKeys: true,
};

/** What each of them keeps from happening; of two that do the same both have to be broken to see it. */
export const broken: readonly (readonly [string, readonly (keyof Rules)[]])[] = [
  [
    "whoever holds a key, and whoever is to be merged, is believed",
    ["holderIsLookedAt", "bothAreLookedAtBefore", "bothAreLookedAtAgain", "bothAreLookedAtBeforeTheEnd"],
  ],
  ["a merge is not looked at before its commit point", ["bothAreLookedAtBefore"]],
  [
    "what has changed at the commit point goes on",
    ["commitDemandsWhatWasSeen", "bothAreLookedAtAgain", "bothAreLookedAtBeforeTheEnd"],
  ],
  ["what changes while messages move is not seen", ["bothAreLookedAtBeforeTheEnd"]],
  ["sweeps follow whatever the chats have become", ["bothAreLookedAtBySweeps"]],
  ["the survivor names its duplicate after the commit point", ["duplicateIsNamedFirst"]],
  ["messages move before the commit point", ["commitComesBeforeMoves"]],
  ["a claim does not demand who was seen", ["claimDemandsWhatWasSeen"]],
  ["a key is taken without the mismatch that was seen", ["takingDemandsTheMismatch"]],
  ["released chats are claimed", ["releasedAreLeftAlone"]],
  ["an undone duplicate comes back before its messages", ["messagesGoBackBeforeItsRevival"]],
  ["a merge is given up without being undone", ["undoneBeforeForgotten"]],
  ["a key that several hold is left to any of them", ["survivorsKeepDoubledKeys"]],
];
