import { base64url } from 'jose';
import { expect } from 'vitest';
import { Refusal } from '../../../src/edge/refusal.ts';
import {
  createSpeechTokens,
  type SpeechTokenClaims,
  type SpeechTokens,
} from '../../../src/edge/access/speech-tokens.ts';
import { rejection } from '../../support/rejection.ts';

export const secret = 'a secret of the tests, long enough';
export const otherSecret = 'one more secret of the tests, also long';
export const keys = { new: secret, old: otherSecret };
export const tokens: SpeechTokens = createSpeechTokens({ keys });

export const claims: SpeechTokenClaims = {
  subject: 'user-1',
  tenant: 'firm-1',
  grants: { operations: ['stream', 'connect'], voices: ['voice1'], charactersPerRequest: 500, sessionSeconds: 60.5 },
  disclosure: '2026-11',
};

/** The header of every genuine token. */
export const header = { alg: 'HS256', kid: 'new', typ: 'saylight+jwt' };

/** A payload that is in order. */
export function payload() {
  const iat = seconds();
  return { iss: 'saylight', aud: 'saylight', sub: 'user-1', jti: 'id-1', iat, exp: iat + 300, grants: {} };
}

/** What a token is made of; a header or payload that is text is taken as it is. */
export interface Forgery {
  readonly header?: unknown;
  readonly payload?: unknown;
  readonly secret?: string;
  readonly hash?: string;
}

/** A compact JWS signed with HMAC, whatever its header says; in order but for what is passed. */
export async function forge(forgery: Forgery = {}): Promise<string> {
  const { hash = 'SHA-256' } = forgery;
  const signed = `${encode(forgery.header ?? header)}.${encode(forgery.payload ?? payload())}`;
  const algorithm = { name: 'HMAC', hash };
  const key = await crypto.subtle.importKey('raw', bytes(forgery.secret ?? secret), algorithm, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, bytes(signed));
  return `${signed}.${base64url.encode(new Uint8Array(signature))}`;
}

/** Base64url of bytes, of text, or else of JSON. */
export function encode(value: unknown): string {
  return base64url.encode(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value));
}

export function bytes(text: string) {
  return new TextEncoder().encode(text);
}

/** Now, as JWTs have it. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The code that a token is refused with; the refusal tells nothing else. */
export async function refusal(token: string, by: SpeechTokens = tokens): Promise<string> {
  const error = await rejection(by.verify(token));
  if (!(error instanceof Refusal)) throw error;
  expect(error.cause).toBeUndefined();
  expect(error.message).toMatch(/^This token (is not valid|has ended): ask for a new one\.$/);
  return error.code;
}
