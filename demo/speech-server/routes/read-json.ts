import { ServiceError } from '../wire/service-error.ts';
import type { SpeechContext } from './speech-env.ts';

/** A request's body as JSON. Throws the service's validation error for anything else. */
export async function readJson(context: SpeechContext): Promise<unknown> {
  const text = await context.req.text();
  if (text === '') throw new ServiceError(422, [{ type: 'missing', loc: ['body'], msg: 'Field required' }]);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch {
    throw new ServiceError(422, [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error' }]);
  }
  throw new ServiceError(422, [
    { type: 'model_attributes_type', loc: ['body'], msg: 'Input should be a valid dictionary or object' },
  ]);
}
