import { base64url, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeByJwt, type JwtOptions } from '../../demo/worker/authorize-by-jwt.ts';
import { sendJson, startHttpServer } from '../support/http-server.ts';

const issuer = 'https://sign-in.example/';
const audience = 'speech';

let privateKey: CryptoKey;
let publicKey: JWK;
let strangersKey: CryptoKey;
let keys: JWK[];
let options: JwtOptions;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  privateKey = pair.privateKey;
  publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one' };
  strangersKey = (await generateKeyPair('ES256')).privateKey;
});

beforeEach(async () => {
  keys = [publicKey];
  const { url } = await startHttpServer((response) => sendJson(response, { keys }));
  options = { jwksUrl: `${url}/jwks`, issuer, audience, cookie: '__Host-session' };
});

const claims = (): SignJWT =>
  new SignJWT({}).setIssuer(issuer).setAudience(audience).setSubject('user-7').setExpirationTime('1 minute');
const signed = (jwt: SignJWT, key = privateKey, header: object = { kid: 'one' }): Promise<string> =>
  jwt.setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
const demanding = base64url.encode(JSON.stringify({ alg: 'ES256', kid: 'one', crit: ['exp'], exp: 0 }));
const unsigned = new UnsecuredJWT({ sub: 'user-7', iss: issuer, aud: audience });
const ask = (headers: HeadersInit): Request => new Request('https://app.example/speech/token', { headers });
const bearing = (jwt: string): Request => ask({ authorization: `Bearer ${jwt}` });

describe('authorizeByJwt', () => {
  it('tells by the JWT who asks, whether it comes in the header or in the cookie', async () => {
    const authorize = authorizeByJwt(options);
    const jwt = await signed(claims());
    expect(await authorize(bearing(jwt))).toEqual({ subject: 'user-7' });
    expect(await authorize(ask({ cookie: `theme=dark; __Host-session=${jwt}` }))).toEqual({ subject: 'user-7' });
  });

  it.each<[who: string, request: () => Request | Promise<Request>]>([
    ['has none', () => ask({ cookie: 'theme=dark' })],
    ['has something else', () => bearing('sk_a_key')],
    ['has one that is signed by a stranger', async () => bearing(await signed(claims(), strangersKey))],
    ['has one of a key that is not known', async () => bearing(await signed(claims(), strangersKey, { kid: 'two' }))],
    ['has one that is not signed', () => bearing(unsigned.setExpirationTime('1 minute').encode())],
    ['has one that has ended', async () => bearing(await signed(claims().setExpirationTime('1 minute ago')))],
    ['has one of another issuer', async () => bearing(await signed(claims().setIssuer('https://else.example/')))],
    ['has one for another app', async () => bearing(await signed(claims().setAudience('mail')))],
    ['has one that names nobody', async () => bearing(await signed(claims().setSubject('')))],
    [
      'has one that demands what is not known here',
      () => bearing(`${demanding}.${unsigned.encode().split('.')[1]}.AAAA`),
    ],
    [
      'has one of no key, where there are two',
      async () => {
        keys.push({ ...publicKey, kid: 'three' });
        return bearing(await signed(claims(), privateKey, {}));
      },
    ],
    [
      'has one that is signed with the public key as a secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(publicKey));
        return bearing(await claims().setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret));
      },
    ],
  ])('lets nobody in who %s', async (_, request) => {
    expect(await authorizeByJwt(options)(await request())).toBeUndefined();
  });

  it('wants to know whose JWTs, for which app, it is to believe', () => {
    expect(() => authorizeByJwt({ ...options, issuer: '' })).toThrow(TypeError);
    expect(() => authorizeByJwt({ ...options, audience: '' })).toThrow(TypeError);
  });

  it('throws when the keys can’t be had, since that is no stranger’s doing', async () => {
    const { url } = await startHttpServer((response) => sendJson(response, {}, 500));
    const authorize = authorizeByJwt({ ...options, jwksUrl: url });
    await expect(authorize(bearing(await signed(claims())))).rejects.toThrow('200 OK');
  });
});
