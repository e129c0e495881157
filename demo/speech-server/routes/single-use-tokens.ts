import type { Hono } from 'hono';
import { randomId } from '../wire/random-id.ts';
import { ServiceError } from '../wire/service-error.ts';
import { FieldChecks } from './field-checks.ts';
import type { SpeechEnv } from './speech-env.ts';

const tokenTypes = ['realtime_scribe', 'batch_scribe', 'tts_websocket', 'ttd_websocket'];

/** In milliseconds. */
const lifetime = 15 * 60_000;

interface Token {
  readonly type: string;
  /** In the milliseconds of the clock. */
  readonly expiry: number;
}

/** The tokens that were made and are not used yet. Each is good for one connection, for 15 minutes. */
export class SingleUseTokens {
  readonly #now: () => number;
  readonly #tokens = new Map<string, Token>();

  /** `now` is a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  create(type: string): string {
    for (const [token, { expiry }] of this.#tokens) if (expiry <= this.#now()) this.#tokens.delete(token);
    const token = `sutkn_${randomId()}`;
    this.#tokens.set(token, { type, expiry: this.#now() + lifetime });
    return token;
  }

  /** Whether the token is good for calls of that type; it isn't any more after that. */
  consume(token: string, type: string): boolean {
    const found = this.#tokens.get(token);
    if (found?.type !== type) return false;
    this.#tokens.delete(token);
    return this.#now() < found.expiry;
  }
}

/** Adds the call that makes a single-use token. */
export function addSingleUseTokens(app: Hono<SpeechEnv>, tokens: SingleUseTokens): void {
  app.post('/v1/single-use-token/:token_type', (context) => {
    const checks = new FieldChecks();
    const type = checks.oneOf(context.req.param('token_type'), tokenTypes, ['path', 'token_type']);
    if (type === undefined) throw new ServiceError(422, checks.issues);
    return context.json({ token: tokens.create(type) });
  });
}
