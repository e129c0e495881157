import type { MiddlewareHandler } from 'hono';
import { serviceErrors } from '../wire/service-error.ts';
import type { SpeechEnv } from './speech-env.ts';

/** Lets a request pass that carries any `xi-api-key` but `invalid`, or any bearer token. */
export const authenticate: MiddlewareHandler<SpeechEnv> = async (context, next) => {
  if (!hasCredentials(context.req.header('xi-api-key'), context.req.header('authorization'))) {
    throw serviceErrors.missingKey();
  }
  await next();
};

/** Whether a key or a bearer token is there. Throws if it is the one that is refused. */
export function hasCredentials(apiKey: string | undefined, authorization: string | undefined): boolean {
  const key = apiKey?.trim() ?? '';
  const token = /^Bearer\s+(\S+)/i.exec(authorization ?? '')?.[1] ?? '';
  if (key === 'invalid' || (key === '' && token === 'invalid')) throw serviceErrors.invalidKey();
  return key !== '' || token !== '';
}
