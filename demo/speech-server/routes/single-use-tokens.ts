import type { Hono } from 'hono';
import { randomId } from '../wire/random-id.ts';
import { ServiceError } from '../wire/service-error.ts';
import { FieldChecks } from './field-checks.ts';
import type { SpeechEnv } from './speech-env.ts';

const tokenTypes = ['realtime_scribe', 'batch_scribe', 'tts_websocket', 'ttd_websocket'];

/** Adds the call that makes a single-use token. */
export function addSingleUseTokens(app: Hono<SpeechEnv>): void {
  app.post('/v1/single-use-token/:token_type', (context) => {
    const checks = new FieldChecks();
    checks.oneOf(context.req.param('token_type'), tokenTypes, ['path', 'token_type']);
    if (checks.issues.length > 0) throw new ServiceError(422, checks.issues);
    return context.json({ token: `sutkn_${randomId()}` });
  });
}
