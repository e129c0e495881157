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

/** What is known of one subject. All times are milliseconds since 1970. */
export interface LimitRecords {
  isUsed(id: string): boolean;
  use(id: string, keptUntil: number): void;
  lease(id: string): Lease | undefined;
  putLease(lease: Lease): void;
  deleteLease(id: string): void;
  /** The leases that were not forgotten: how many there are, and the first end. */
  leases(): { readonly count: number; readonly firstEnd: number };
  /** Characters that were taken in a window. */
  spent(window: BudgetWindow): number;
  setSpent(window: BudgetWindow, characters: number, keptUntil: number): void;
  /** Forgets what needs to be kept no longer. */
  purge(now: number): void;
  /** When everything can be forgotten; `undefined` where there is nothing. */
  lastEnd(): number | undefined;
}
