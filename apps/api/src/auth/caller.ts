/** Who is calling, according to a verified token. */
export interface Caller {
  /** The token's `sub`, a valid participant id. */
  readonly id: string;
  /** The token has scope `chat:any`: a service that acts for others. */
  readonly actsForOthers: boolean;
  /** The token has scope `chat:admin`: somebody who runs the API. It opens nobody's chats. */
  readonly administers: boolean;
}
