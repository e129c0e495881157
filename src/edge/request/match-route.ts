import type { SpeechRoute } from './speech-route.ts';

const speechCalls = {
  '': 'convert',
  '/with-timestamps': 'convertWithTimestamps',
  '/stream': 'stream',
  '/stream/with-timestamps': 'streamWithTimestamps',
} as const;
const socketCalls = { '/stream-input': 'connect', '/multi-stream-input': 'connectMulti' } as const;

/** The whole of the path must fit: an id can't lead anywhere else. */
const speechPath = /^\/v1\/text-to-speech\/([A-Za-z0-9]{1,64})((?:\/[a-z-]+)*)$/;
const voicePath = /^\/v1\/voices\/([A-Za-z0-9]{1,64})$/;

/** A route, and the method that it is asked by. */
export interface RouteMatch {
  readonly method: 'GET' | 'POST';
  readonly route: SpeechRoute;
}

/** What a path under the gateway's own asks for; `undefined` when nothing is there. */
export function matchRoute(path: string): RouteMatch | undefined {
  if (path === '/health') return { method: 'GET', route: { kind: 'health' } };
  if (path === '/token') return { method: 'POST', route: { kind: 'token' } };
  if (path === '/v1/models') return catalogue('models', path);
  if (path === '/v2/voices') return catalogue('voices', path);
  const [, oneVoice] = voicePath.exec(path) ?? [];
  if (oneVoice) return catalogue('voices', path, oneVoice);
  const [, voiceId, call] = speechPath.exec(path) ?? [];
  if (voiceId === undefined || call === undefined) return undefined;
  if (isKeyOf(speechCalls, call)) {
    return { method: 'POST', route: { kind: 'speech', operation: speechCalls[call], voiceId, path } };
  }
  if (isKeyOf(socketCalls, call)) {
    return { method: 'GET', route: { kind: 'socket', operation: socketCalls[call], voiceId, path } };
  }
  return undefined;
}

function catalogue(operation: 'models' | 'voices', path: string, voiceId?: string): RouteMatch {
  return { method: 'GET', route: { kind: 'catalogue', operation, voiceId, path } };
}

function isKeyOf<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}
