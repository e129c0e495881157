import type { Context } from 'hono';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { models } from '../catalogue/models.ts';
import type { Synthesizer } from '../speech/synthesizer.ts';
import type { SpeechSockets } from '../sockets/speech-sockets.ts';
import { errorResponse } from '../wire/error-response.ts';
import { randomId } from '../wire/random-id.ts';
import { serviceErrors } from '../wire/service-error.ts';
import { authenticate } from './authenticate.ts';
import { cors } from './cors.ts';
import { requestFaults } from './request-faults.ts';
import type { SingleUseTokens } from './single-use-tokens.ts';
import { addSingleUseTokens } from './single-use-tokens.ts';
import type { SpeechEnv } from './speech-env.ts';
import { addTextToSpeech } from './text-to-speech.ts';
import { addVoices } from './voices.ts';

/** What the routes work with. */
export interface AppParts {
  readonly synthesizer: Synthesizer;
  /** Beyond so many at once a request is refused. */
  readonly maximumSpeeches: number;
  readonly tokens: SingleUseTokens;
  readonly sockets: SpeechSockets;
}

/** The server's routes. */
export function createApp({ synthesizer, maximumSpeeches, tokens, sockets }: AppParts): Hono<SpeechEnv> {
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
    context.json({
      status: 'ok',
      open_speeches: synthesizer.openSpeeches,
      pieces_spoken: synthesizer.piecesSpoken,
      audio_seconds_made: synthesizer.audioSecondsMade,
      open_sockets: sockets.openSockets,
      open_contexts: sockets.openContexts,
    }),
  );
  app.use('/v1/*', requestFaults(), authenticate);
  app.use('/v2/*', requestFaults(), authenticate);
  app.use('/v1/text-to-speech/*', async (_context, next) => {
    if (synthesizer.openSpeeches >= maximumSpeeches) throw serviceErrors.tooManyRequests();
    await next();
  });
  app.get('/v1/models', (context) => context.json(models));
  addVoices(app);
  addSingleUseTokens(app, tokens);
  addTextToSpeech(app, synthesizer);
  return app;
}

function sendError(error: Error, context: Context<SpeechEnv>): Response {
  const { status, body, headers } = errorResponse(error, context.get('requestId'));
  return context.json(body, status as ContentfulStatusCode, headers);
}
