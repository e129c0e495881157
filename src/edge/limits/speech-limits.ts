/** What is asked for before something is spoken. */
export interface Admission {
  /** Whose budget and whose place it is. */
  readonly subject: string;
  /** What {@link SpeechLimits.reserve} and {@link SpeechLimits.settle} will call it; unique. */
  readonly lease: string;
  /** Seconds after which the lease ends by itself: its place is free, its characters are spent. */
  readonly leaseSeconds: number;
  /** Characters to take from the budget now. */
  readonly characters: number;
  /**
   * The most characters in each window of so many seconds; windows begin at multiples of them since 1970, and those of another
   * length count by themselves. Without a budget the lease's characters are not counted, and any budget is free of them.
   */
  readonly budget?: { readonly characters: number; readonly seconds: number } | undefined;
  /** The most leases of the subject at once. */
  readonly concurrency?: number | undefined;
  /**
   * A token that is good for one admission: its id, and when it ends (milliseconds since 1970). Whether it has ended is for the
   * caller to say: the engine's clock may differ, and it counts a token as used only a minute after its end.
   */
  readonly singleUse?: { readonly id: string; readonly expiresAt: number } | undefined;
}

/** Whether it may be spoken, and what stands against it. */
export type Verdict =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly reason: 'used' | 'budget' | 'concurrency';
      /** Seconds until it may be otherwise, where that is known. */
      readonly retryAfter?: number | undefined;
    };

/**
 * Counts what must never be overspent: single use, budgets, requests at once. Every call is atomic for its subject, however
 * many gateways ask at the same time. An engine that can't be reached rejects; the gateway then refuses.
 */
export interface SpeechLimits {
  /** Takes what is asked for, all of it or nothing. Rejects when a lease of that id is open already. */
  admit(admission: Admission): Promise<Verdict>;
  /**
   * Takes more characters from the budget of a lease's admission, in the window that is now; only with `admitted: true` they are
   * taken. A lease that has ended has no place any more: the reason is `concurrency`.
   */
  reserve(subject: string, lease: string, characters: number): Promise<Verdict>;
  /**
   * Ends a lease: of all the characters that were taken for it, those beyond `spent` go back, if their window isn't over. A second
   * call does nothing, nor does one for a lease that has ended by itself.
   */
  settle(subject: string, lease: string, spent: number): Promise<void>;
}
