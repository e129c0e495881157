import type { SqlStorage } from '../../src/edge/limits/sql-records.ts';

interface Env {
  readonly SERVICE_URL: string;
  readonly SPEECH_LIMITS: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(url: string, init: RequestInit): Promise<Response> };
  };
}

/** The least that an object can do which counts: writes a row, and answers. */
export class SpeechLimitsObject {
  readonly #sql: SqlStorage;

  constructor({ storage }: { readonly storage: { readonly sql: SqlStorage } }) {
    this.#sql = storage.sql;
    this.#sql.exec('CREATE TABLE IF NOT EXISTS counts (id TEXT PRIMARY KEY, count INTEGER NOT NULL)');
  }

  async fetch(request: Request): Promise<Response> {
    const { count } = (await request.json()) as { readonly count: number };
    this.#sql.exec('INSERT OR REPLACE INTO counts VALUES (?, ?)', 'one', count);
    return Response.json({ admitted: true });
  }
}

/** A pass-through Worker that has each request counted before, and once more after: the price of the engine alone. */
const counting = {
  async fetch(request: Request, { SERVICE_URL, SPEECH_LIMITS }: Env, context: ExecutionContext): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const count = async (): Promise<unknown> => {
      const object = SPEECH_LIMITS.get(SPEECH_LIMITS.idFromName('one'));
      const reply = await object.fetch('https://limits.invalid/', { method: 'POST', body: '{"count":1}' });
      return reply.json();
    };
    await count();
    const reply = await fetch(SERVICE_URL + pathname + search, request);
    context.waitUntil(count());
    return reply;
  },
};

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

// What a Worker is.
// oxlint-disable-next-line import/no-default-export
export default counting;
