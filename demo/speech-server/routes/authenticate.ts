import type { MiddlewareHandler } from 'hono';
import { serviceErrors } from '../wire/service-error.ts';
import type { SpeechEnv } from './speech-env.ts';

/** Lets a request pass that carries any `xi-api-key` but `invalid`, or any bearer token. */
export const authenticate: MiddlewareHandler<SpeechEnv> = async (context, next) => {
  const key = context.req.header('xi-api-key')?.trim() ?? '';
  const token = /^Bearer\s+(\S+)/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  if (key === '' && token === '') throw serviceErrors.missingKey();
  if (key === 'invalid' || (key === '' && token === 'invalid')) throw serviceErrors.invalidKey();
  await next();
};
