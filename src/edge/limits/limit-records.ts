/** A stretch of time that a budget counts by; milliseconds since 1970. */
export interface BudgetWindow {
  readonly start: number;
  readonly end: number;
}

/** A place that somebody takes, and the characters that were taken for it. */
export interface Lease {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly end: number;
  readonly budget: { readonly characters: number; readonly seconds: number } | undefined;
  /** Where `taken` counts: the window of the latest taking. */
  readonly window: BudgetWindow | undefined;
  /** Characters that were taken in `window`. */
  readonly taken: number;
  /** Characters that were taken in windows before it. */
  readonly takenBefore: number;
}

/**
 * What is known of one subject. All times are milliseconds since 1970. What is over doesn't count, whether it was forgotten
 * already or will be by a later purge.
 */
export interface LimitRecords {
  /** Whether that id was used, and is to be kept still. */
  isUsed(id: string, now: number): boolean;
  use(id: string, keptUntil: number): void;
  /** The open lease of that id. */
  lease(id: string, now: number): Lease | undefined;
  putLease(lease: Lease): void;
  /** The open lease of that id, which is open no longer. */
  endLease(id: string, now: number): Lease | undefined;
  /** The open leases: how many there are, counted no further than to `most`, and the first end. */
  leases(now: number, most: number): { readonly count: number; readonly firstEnd: number };
  /** Characters that were taken in a window. */
  spent(window: BudgetWindow): number;
  take(window: BudgetWindow, characters: number, keptUntil: number): void;
  giveBack(window: BudgetWindow, characters: number): void;
  /** Forgets what needs to be kept no longer. */
  purge(now: number): void;
  /** When that happened last, since the records were opened; `-Infinity` before. */
  lastPurge(): number;
  /** When everything can be forgotten; `undefined` where there is nothing. */
  lastEnd(): number | undefined;
}
