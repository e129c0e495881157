import type { Context } from 'hono';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { models } from '../catalogue/models.ts';
import type { Synthesizer } from '../speech/synthesizer.ts';
import { randomId } from '../wire/random-id.ts';
import { ServiceError, serviceErrors } from '../wire/service-error.ts';
import { authenticate } from './authenticate.ts';
import { cors } from './cors.ts';
import { requestFaults } from './request-faults.ts';
import { addSingleUseTokens } from './single-use-tokens.ts';
import type { SpeechEnv } from './speech-env.ts';
import { addTextToSpeech } from './text-to-speech.ts';
import { addVoices } from './voices.ts';

/** The server's routes. Beyond `maximumSpeeches` at once a request is refused. */
export function createApp(synthesizer: Synthesizer, maximumSpeeches: number): Hono<SpeechEnv> {
  const app = new Hono<SpeechEnv>();
  app.use(cors);
  app.use(async (context, next) => {
    context.set('requestId', randomId());
    await next();
    if (!context.res.ok) return;
    context.res.headers.set('request-id', context.get('requestId'));
    context.res.headers.set('current-concurrent-requests', String(synthesizer.openSpeeches));
    context.res.headers.set('maximum-concurrent-requests', String(maximumSpeeches));
  });
  app.onError(sendError);
  app.notFound((context) => context.json({ detail: 'Not Found' }, 404));
  app.get('/health', (context) =>
    context.json({ status: 'ok', open_speeches: synthesizer.openSpeeches, pieces_spoken: synthesizer.piecesSpoken }),
  );
  app.use('/v1/*', requestFaults(), authenticate);
  app.use('/v2/*', requestFaults(), authenticate);
  app.use('/v1/text-to-speech/*', async (_context, next) => {
    if (synthesizer.openSpeeches >= maximumSpeeches) throw serviceErrors.tooManyRequests();
    await next();
  });
  app.get('/v1/models', (context) => context.json(models));
  addVoices(app);
  addSingleUseTokens(app);
  addTextToSpeech(app, synthesizer);
  return app;
}

/** The service's error shapes; what isn't one is an internal error, reported on stderr. */
function sendError(error: Error, context: Context<SpeechEnv>): Response {
  const isKnown = error instanceof ServiceError;
  if (!isKnown) process.stderr.write(`${error.stack ?? String(error)}\n`);
  const known = isKnown ? error : serviceErrors.internal();
  return context.json(known.body(context.get('requestId')), known.status as ContentfulStatusCode, {
    'x-trace-id': context.get('requestId'),
    'x-region': 'local',
    ...(known.retryAfter === undefined ? {} : { 'retry-after': String(known.retryAfter) }),
  });
}
