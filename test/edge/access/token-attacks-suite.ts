import { EncryptJWT, exportSPKI, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/seeded-random.ts';
import {
  bytes,
  claims,
  encode,
  forge,
  header,
  otherSecret,
  payload,
  refusal,
  seconds,
  secret,
  tokens,
} from './forge-token.ts';

const without = (name: string) => Object.fromEntries(Object.entries(payload()).filter(([key]) => key !== name));
/** A genuine token, made at that time. */
const issuedAt = (iat: number) => forge({ payload: { ...payload(), iat, exp: iat + 60 } });
/** A genuine token of that lifetime. */
const lastingFor = (lifetime: number, more: object) => {
  const iat = seconds();
  return forge({ payload: { ...payload(), iat, exp: iat + lifetime, ...more } });
};
/** A genuine token whose text grows by the number of models. */
const withModels = (length: number) => {
  const models = Array.from({ length }, (_, index) => `model-${index}`.padEnd(50, 'm'));
  return forge({ payload: { ...payload(), grants: { models } } });
};
/** A payload with `exp` twice, as JSON. */
const withTwoEnds = (first: number, last: number) =>
  JSON.stringify({ ...payload(), exp: first }).replace(/}$/, `,"exp":${last}}`);

describe('a header is refused', () => {
  test('with no algorithm', async () => {
    const unsecured = new UnsecuredJWT({ ...payload() }).encode();
    expect(await refusal(unsecured)).toBe('token_invalid');
    for (const alg of ['none', 'None', 'NONE', '', null, undefined, 0, ['HS256'], 'hs256', 'HS256 ']) {
      const forged = await forge({ header: { ...header, alg } });
      expect(await refusal(forged)).toBe('token_invalid');
      expect(await refusal(forged.replace(/[^.]*$/, ''))).toBe('token_invalid');
    }
  });

  test.each([
    ['HS512', 'SHA-512'],
    ['HS384', 'SHA-384'],
  ])('with %s, even of the right secret', async (alg, hash) => {
    const forged = await forge({ header: { ...header, alg }, hash });
    expect(await refusal(forged)).toBe('token_invalid');
    expect(await refusal(await forge({ hash }))).toBe('token_invalid');
  });

  test.each(['HS384', 'HS512', 'RS256', 'ES256', 'EdDSA', 'dir', 'toString'])(
    'that says %s over a signature of HS256',
    async (alg) => {
      expect(await refusal(await forge({ header: { ...header, alg } }))).toBe('token_invalid');
    },
  );

  test('with RS256, and with HS256 of a public key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const signed = await new SignJWT(payload()).setProtectedHeader({ ...header, alg: 'RS256' }).sign(privateKey);
    expect(await refusal(signed)).toBe('token_invalid');
    expect(await refusal(await forge({ secret: await exportSPKI(publicKey) }))).toBe('token_invalid');
  });

  test.each([
    { crit: ['b64'], b64: true },
    { crit: ['b64'], b64: false },
    { crit: ['exp'], exp: 1 },
    { crit: [] },
    { crit: null },
    { b64: false },
    { b64: true },
    { jwk: { kty: 'oct', k: encode('x'.repeat(32)) } },
    { jku: 'https://keys.example/jwks' },
    { x5u: 'https://keys.example/x5u' },
    { cty: 'JWT' },
    { zip: 'DEF' },
  ])('with %j in it', async (more) => {
    expect(await refusal(await forge({ header: { ...header, ...more } }))).toBe('token_invalid');
  });

  test.each([
    'old',
    'none',
    '',
    '__proto__',
    'constructor',
    'toString',
    'NEW',
    'new\0',
    ' new',
    '../new',
    0,
    null,
    ['new'],
  ])('that names the key %j for a signature of another', async (kid) => {
    expect(await refusal(await forge({ header: { ...header, kid } }))).toBe('token_invalid');
  });

  test('that names no key', async () => {
    expect(await refusal(await forge({ header: { alg: 'HS256', typ: 'saylight+jwt' } }))).toBe('token_invalid');
  });

  test.each(['JWT', 'jwt', 'at+jwt', 'saylight', '', null, undefined, ['saylight+jwt']])(
    'of the type %j, so that a JWT made for something else is no token',
    async (typ) => {
      expect(await refusal(await forge({ header: { ...header, typ } }))).toBe('token_invalid');
    },
  );

  test.each(['[]', 'null', '"x"', '7', '{', '', '{"alg":"HS256","kid":"new","typ":"saylight+jwt"} x', '\ufeff{}'])(
    'that is %j',
    async (text) => {
      expect(await refusal(await forge({ header: text }))).toBe('token_invalid');
    },
  );

  test('whose last of two algorithms or keys is wrong, and never lets a wrong signature pass', async () => {
    const { token } = await tokens.mint(claims);
    const [, body, signature] = token.split('.');
    for (const doubled of [
      '{"alg":"HS256","alg":"none","kid":"new","typ":"saylight+jwt"}',
      '{"alg":"HS256","kid":"new","kid":"old","typ":"saylight+jwt"}',
    ]) {
      expect(await refusal(await forge({ header: doubled }))).toBe('token_invalid');
      expect(await refusal(`${encode(doubled)}.${body}.${signature}`)).toBe('token_invalid');
    }
    const lastIsRight = '{"alg":"none","alg":"HS256","kid":"new","typ":"saylight+jwt"}';
    expect(await refusal(`${encode(lastIsRight)}.${body}.`)).toBe('token_invalid');
    expect(await refusal(`${encode(lastIsRight)}.${body}.${signature}`)).toBe('token_invalid');
  });
});

describe('a payload is refused', () => {
  test.each([
    ['exp', null],
    ['exp', String(Math.floor(Date.now() / 1000) + 300)],
    ['exp', 2 ** 53],
    ['exp', 1e300],
    ['exp', {}],
    ['iat', String(Math.floor(Date.now() / 1000))],
    ['iat', null],
    ['iat', 0],
    ['iat', -1e300],
    ['nbf', Math.floor(Date.now() / 1000) + 600],
    ['nbf', 'now'],
    ['iss', 'somebody'],
    ['iss', ['saylight']],
    ['iss', ''],
    ['aud', 'another'],
    ['aud', ['another']],
    ['aud', []],
    ['aud', { saylight: true }],
    ['sub', ''],
    ['sub', 7],
    ['sub', ['user-1']],
    ['sub', 'a'.repeat(257)],
    ['sub', 'a\nb'],
    ['sub', 'a\ud800'],
    ['jti', ''],
    ['jti', 7],
    ['jti', 'i'.repeat(257)],
    ['tenant', ''],
    ['tenant', null],
    ['tenant', 7],
    ['once', 'true'],
    ['once', 1],
    ['once', null],
    ['disclosure', 7],
    ['disclosure', ''],
    ['grants', null],
    ['grants', []],
    ['grants', 'all'],
    ['grants', { operations: ['stream', 'delete'] }],
    ['grants', { operations: 'stream' }],
    ['grants', { voices: null }],
    ['grants', { voices: [7] }],
    ['grants', { charactersPerRequest: '500' }],
    ['grants', { charactersPerRequest: -1 }],
    ['grants', { everything: true }],
    ['unheardOf', true],
  ])('when its %s is %j', async (name, value) => {
    const inOrder = { ...payload(), tenant: 'firm-1', disclosure: '2026-11' };
    expect(await tokens.verify(await forge({ payload: inOrder }))).toBeDefined();
    expect(await refusal(await forge({ payload: { ...inOrder, [name]: value } }))).toBe('token_invalid');
  });

  test.each(['iss', 'aud', 'sub', 'jti', 'iat', 'exp', 'grants'])('without %s', async (name) => {
    expect(await refusal(await forge({ payload: without(name) }))).toBe('token_invalid');
  });

  test.each(['exp', 'iat'])('when its %s is beyond all numbers', async (name) => {
    for (const number of ['1e999', '-1e999']) {
      const text = JSON.stringify(payload()).replace(new RegExp(`"${name}":\\d+`), `"${name}":${number}`);
      expect(await refusal(await forge({ payload: text }))).toBe(
        name === 'exp' && number === '-1e999' ? 'token_expired' : 'token_invalid',
      );
    }
  });

  test.each(['[]', 'null', '"x"', '{', '', '{"__proto__":{"sub":"user-1"}}', '['.repeat(2000)])(
    'that is %j',
    async (text) => {
      expect(await refusal(await forge({ payload: text }))).toBe('token_invalid');
    },
  );

  test('with a prototype of its own', async () => {
    const text = JSON.stringify(without('sub')).replace('{', '{"__proto__":{"sub":"admin"},');
    expect(await refusal(await forge({ payload: text }))).toBe('token_invalid');
    const grants = JSON.stringify(payload()).replace('"grants":{}', '"grants":{"__proto__":{"voices":[]}}');
    expect(await refusal(await forge({ payload: grants }))).toBe('token_invalid');
  });

  test('that is not UTF-8', async () => {
    const text = JSON.stringify({ ...payload(), sub: 'user-' });
    const [before = '', after = ''] = text.split('user-');
    const broken = Uint8Array.of(...bytes(`${before}user-`), 0xff, ...bytes(after));
    expect(await refusal(await forge({ payload: broken }))).toBe('token_invalid');
  });

  test('when it has a claim twice and the last one is wrong', async () => {
    const now = seconds();
    expect(await refusal(await forge({ payload: withTwoEnds(now + 300, now - 300) }))).toBe('token_expired');
    expect(await refusal(await forge({ payload: withTwoEnds(now + 300, now + 30_000) }))).toBe('token_invalid');
    expect(await tokens.verify(await forge({ payload: withTwoEnds(now - 300, now + 300) }))).toMatchObject({
      expiresAt: (now + 300) * 1000,
    });
  });
});

describe('time', () => {
  test('ends a token exactly, so that a used one need not be known for longer', async () => {
    for (const age of [0, 1, 4, 6, 100, 1e6]) {
      const iat = seconds() - age - 60;
      const forged = await forge({ payload: { ...payload(), iat, exp: iat + 60 } });
      expect(await refusal(forged)).toBe('token_expired');
    }
  });

  test('tells a stranger nothing of a token that has ended', async () => {
    const ended = { ...payload(), iat: 1000, exp: 1300 };
    expect(await refusal(await forge({ payload: ended, secret: otherSecret }))).toBe('token_invalid');
    expect(await refusal(await forge({ payload: { ...ended, iss: 'somebody' } }))).toBe('token_invalid');
    expect(await refusal(await forge({ payload: { ...ended, aud: 'another' } }))).toBe('token_invalid');
  });

  test('may be a few seconds ahead where a token was made, not more', async () => {
    expect(await tokens.verify(await issuedAt(seconds() + 4))).toBeDefined();
    expect(await refusal(await issuedAt(seconds() + 10))).toBe('token_invalid');
    expect(await refusal(await issuedAt(seconds() + 1e6))).toBe('token_invalid');
  });

  test('of a token is an hour at most, and five minutes for a single use', async () => {
    expect(await tokens.verify(await lastingFor(3600, {}))).toBeDefined();
    expect(await refusal(await lastingFor(3601, {}))).toBe('token_invalid');
    expect(await tokens.verify(await lastingFor(300, { once: true }))).toBeDefined();
    expect(await refusal(await lastingFor(301, { once: true }))).toBe('token_invalid');
  });

  test('can not run backwards in a token', async () => {
    const iat = seconds() + 5;
    expect(await refusal(await forge({ payload: { ...payload(), iat, exp: iat } }))).toBe('token_invalid');
    expect(await refusal(await forge({ payload: { ...payload(), iat, exp: iat - 1 } }))).toBe('token_invalid');
  });
});

describe('the text of a token', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  test('is refused when cut at any length', async () => {
    const { token } = await tokens.mint(claims);
    for (let length = 0; length < token.length; length += 1) {
      expect(await refusal(token.slice(0, length))).toBe('token_invalid');
      expect(await refusal(token.slice(token.length - length))).toBe('token_invalid');
    }
  });

  test('is refused with any other character in its signature, those that decode to the same bytes included', async () => {
    const { token } = await tokens.mint(claims);
    for (let at = token.lastIndexOf('.') + 1; at < token.length; at += 1) {
      for (const character of alphabet.replace(token.charAt(at), '')) {
        expect(await refusal(token.slice(0, at) + character + token.slice(at + 1))).toBe('token_invalid');
      }
    }
  });

  test('is spelled in one way, though jose alone takes four', async () => {
    const { token } = await tokens.mint(claims);
    const last = alphabet.indexOf(token.charAt(token.length - 1));
    const spellings = [0, 1, 2, 3].map((slack) => token.slice(0, -1) + alphabet.charAt((last & ~3) + slack));
    for (const spelling of spellings) await expect(jwtVerify(spelling, bytes(secret))).resolves.toBeDefined();
    const accepted = await Promise.allSettled(spellings.map((spelling) => tokens.verify(spelling)));
    expect(accepted.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  });

  test('is refused with a character changed, put in or taken out anywhere', async () => {
    const { token } = await tokens.mint(claims);
    const { between } = seededRandom(4);
    for (let at = 0; at < token.length; at += 1) {
      const character = alphabet.charAt(between(0, 63));
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      if (changed !== token) expect(await refusal(changed)).toBe('token_invalid');
      expect(await refusal(token.slice(0, at) + character + token.slice(at))).toBe('token_invalid');
      expect(await refusal(token.slice(0, at) + token.slice(at + 1))).toBe('token_invalid');
    }
  });

  test('is refused with white space, padding, dots or anything else around or within it', async () => {
    const { token } = await tokens.mint(claims);
    const parts = token.split('.');
    for (const foreign of [...' \n\t=.%+/,\0é\ufeff﹒', '==', '..', '\r\n']) {
      const variants = [foreign + token, token + foreign, parts.join(foreign), parts.join(`${foreign}.`)];
      for (const variant of [...variants, parts.join(`.${foreign}`)].filter((text) => text !== token)) {
        expect(await refusal(variant)).toBe('token_invalid');
      }
    }
    for (const variant of ['', '.', '..', '...', `Bearer ${token}`, `${token}.${token}`, `${parts[0]}..${parts[2]}`]) {
      expect(await refusal(variant)).toBe('token_invalid');
    }
  });

  test('is refused when parts of two tokens are put together', async () => {
    const [one, other] = await Promise.all(
      ['a', 'b'].map(async (subject) => (await tokens.mint({ subject, grants: {} })).token.split('.')),
    );
    expect(await refusal([one![0], one![1], other![2]].join('.'))).toBe('token_invalid');
    expect(await refusal([one![0], other![1], one![2]].join('.'))).toBe('token_invalid');
  });

  test('is no JWE', async () => {
    const jwe = await new EncryptJWT({ ...payload() })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'new', typ: 'saylight+jwt' })
      .encrypt(bytes(secret).slice(0, 32));
    expect(await refusal(jwe)).toBe('token_invalid');
  });

  test('is refused beyond 4,096 characters, even when it is genuine', async () => {
    const [fits, tooLong] = await Promise.all([withModels(48), withModels(60)]);
    expect(fits.length).toBeLessThanOrEqual(4096);
    expect(await tokens.verify(fits)).toBeDefined();
    expect(tooLong.length).toBeGreaterThan(4096);
    expect(await refusal(tooLong)).toBe('token_invalid');
    expect(await refusal('A'.repeat(1e6))).toBe('token_invalid');
  });
});
