import { applyLimitCall } from './apply-limit-call.ts';
import { parseLimitCall, type LimitCall } from './limit-call.ts';
import type { LimitRecords } from './limit-records.ts';
import type { Verdict } from './speech-limits.ts';
import { createSqlRecords, type SqlStorage } from './sql-records.ts';

/** The part of a Durable Object's state that {@link SpeechLimitsObject} uses; the object must be one with SQLite. */
export interface DurableState {
  readonly storage: {
    readonly sql: SqlStorage;
    transactionSync<Result>(work: () => Result): Result;
    setAlarm(time: number): Promise<void>;
    deleteAll(): Promise<void>;
  };
}

/** The least and the most time until an object looks for what can be forgotten, in milliseconds. */
const shortestSleep = 60_000;
const longestSleep = 30 * 24 * 3600 * 1000;

/**
 * The Durable Object that counts for one subject; `durableLimits` talks to it. A Worker exports it, and its configuration names it
 * under `new_sqlite_classes`. What is over is forgotten, and an object that has nothing to remember leaves nothing stored.
 */
// RPC methods would need the base class of `cloudflare:workers`, an import that no other runtime can resolve.
export class SpeechLimitsObject {
  readonly #storage: DurableState['storage'];
  #records: LimitRecords | undefined;
  #hasAlarm = false;

  constructor(state: DurableState) {
    this.#storage = state.storage;
  }

  /** Answers one call: 200 with a verdict, 204 where there is none, 400 for what is no call. */
  async fetch(request: Request): Promise<Response> {
    let call;
    try {
      call = parseLimitCall(await request.json());
    } catch {
      return new Response(undefined, { status: 400 });
    }
    const verdict = await this.apply(call, Date.now());
    return verdict ? Response.json(verdict) : new Response(undefined, { status: 204 });
  }

  /** Forgets what is over. */
  alarm(): Promise<void> {
    return this.purge(Date.now());
  }

  /** What {@link fetch} answers, at a time in milliseconds since 1970. */
  async apply(call: LimitCall, now: number): Promise<Verdict | undefined> {
    const records = this.#open();
    try {
      // Nothing is awaited between the first read and the last write, so that no other call comes between them.
      return this.#storage.transactionSync(() => applyLimitCall(records, call, now));
    } finally {
      await this.#ensureAlarm(now);
    }
  }

  /** What {@link alarm} does, at a time in milliseconds since 1970. */
  async purge(now: number): Promise<void> {
    this.#hasAlarm = false;
    const records = this.#open();
    records.purge(now);
    if (records.lastEnd() !== undefined) return this.#ensureAlarm(now);
    this.#records = undefined;
    await this.#storage.deleteAll();
  }

  #open(): LimitRecords {
    return (this.#records ??= createSqlRecords(this.#storage.sql));
  }

  /** One alarm at the end of all is enough: an admission before it forgets what is over as well. */
  async #ensureAlarm(now: number): Promise<void> {
    if (this.#hasAlarm) return;
    this.#hasAlarm = true;
    const end = this.#open().lastEnd() ?? now;
    try {
      await this.#storage.setAlarm(now + Math.min(Math.max(end - now, shortestSleep), longestSleep));
    } catch {
      // What was counted is counted: the next call tries again.
      this.#hasAlarm = false;
    }
  }
}
