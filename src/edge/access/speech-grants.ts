/** The calls that a token may be good for, by their names in the client. */
export const speechOperations = [
  'convert',
  'convertWithTimestamps',
  'stream',
  'streamWithTimestamps',
  'connect',
  'connectMulti',
  'models',
  'voices',
] as const;

/** One of {@link speechOperations}. */
export type SpeechOperation = (typeof speechOperations)[number];

/** What somebody may have spoken. What is left out is not limited here; the gateway's policy limits it all the same. */
export interface SpeechGrants {
  readonly operations?: readonly SpeechOperation[] | undefined;
  /** Ids. A request for another voice is refused, and lists of voices hold no other. */
  readonly voices?: readonly string[] | undefined;
  /** Values of `model_id`. A request must then name one. */
  readonly models?: readonly string[] | undefined;
  /** Values of `output_format`. */
  readonly formats?: readonly string[] | undefined;
  /** Characters (code points) of one request, or of all that one WebSocket is sent. */
  readonly charactersPerRequest?: number | undefined;
  /** Characters that the subject may have spoken in one of the policy's `budgetSeconds`. */
  readonly characterBudget?: number | undefined;
  /** Requests and WebSockets of the subject at the same time. */
  readonly concurrency?: number | undefined;
  /** Seconds that a reply or a WebSocket may last. */
  readonly sessionSeconds?: number | undefined;
}
