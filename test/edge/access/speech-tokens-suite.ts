import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createSpeechTokens } from '../../../src/edge/access/speech-tokens.ts';
import { rejection } from '../../support/rejection.ts';
import { bytes, claims, forge, header, keys, otherSecret, refusal, seconds, secret, tokens } from './forge-token.ts';

describe('a token', () => {
  test('brings back what it was minted with', async () => {
    const { token, expiresAt } = await tokens.mint(claims);
    const verified = await tokens.verify(token);
    expect(verified).toEqual({ ...claims, isSingleUse: false, id: verified.id, expiresAt });
    expect(verified.id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  });

  test('is for its subject alone where no tenant is named, and has an id of its own', async () => {
    const [one, other] = await Promise.all(
      [0, 1].map(async () => tokens.verify((await tokens.mint({ subject: 'söder 🎧', grants: {} })).token)),
    );
    expect(one).toMatchObject({ subject: 'söder 🎧', tenant: undefined, grants: {}, disclosure: undefined });
    expect(one!.id).not.toBe(other!.id);
  });

  test.each([
    [{}, false, 300],
    [{}, true, 60],
    [{ lifetime: 3600, singleUseLifetime: 300 }, false, 3600],
    [{ lifetime: 3600, singleUseLifetime: 300 }, true, 300],
  ])('by the options %j, with a single use %j, lasts %i seconds from now', async (options, isSingleUse, lifetime) => {
    const before = seconds();
    const { token, expiresAt } = await createSpeechTokens({ keys, ...options }).mint({ ...claims, isSingleUse });
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect([exp - iat, exp * 1000]).toEqual([lifetime, expiresAt]);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(seconds());
    expect(await tokens.verify(token)).toMatchObject({ isSingleUse, expiresAt });
  });

  test('holds the empty lists of its grants, which grant nothing', async () => {
    const { token } = await tokens.mint({ subject: 'user-1', grants: { voices: [], characterBudget: 0 } });
    expect((await tokens.verify(token)).grants).toEqual({ voices: [], characterBudget: 0 });
  });

  test('fits into a subprotocol, which is an HTTP token', async () => {
    expect((await tokens.mint(claims)).token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{43}$/);
  });
});

describe('jose and these tokens', () => {
  test('agree: jose verifies ours', async () => {
    const { token, expiresAt } = await tokens.mint({ ...claims, isSingleUse: true });
    const options = { issuer: 'saylight', audience: 'saylight', typ: 'saylight+jwt', algorithms: ['HS256'] };
    const verified = await jwtVerify(token, bytes(secret), options);
    expect(verified.protectedHeader).toEqual(header);
    expect(verified.payload).toMatchObject({ sub: 'user-1', tenant: 'firm-1', once: true, disclosure: '2026-11' });
    expect(verified.payload['grants']).toEqual(claims.grants);
    expect(verified.payload.exp).toBe(expiresAt / 1000);
    await expect(jwtVerify(token, bytes(otherSecret))).rejects.toThrow('signature verification failed');
  });

  test('agree: ours verify what jose signed', async () => {
    const token = await new SignJWT({ grants: { voices: ['voice1'] }, once: true, tenant: 'firm-1' })
      .setProtectedHeader({ typ: 'saylight+jwt', kid: 'old', alg: 'HS256' })
      .setIssuer('saylight')
      .setAudience(['another', 'saylight'])
      .setSubject('user-1')
      .setJti('id-1')
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1 minute')
      .sign(bytes(otherSecret));
    expect(await tokens.verify(token)).toMatchObject({ subject: 'user-1', id: 'id-1', isSingleUse: true });
  });

  test('agree on a token by hand, which the attacks below begin from', async () => {
    expect(await tokens.verify(await forge())).toMatchObject({ subject: 'user-1', id: 'id-1' });
    await expect(jwtVerify(await forge(), bytes(secret))).resolves.toBeDefined();
  });
});

describe('keys', () => {
  test('rotate: the first one signs, all are accepted, one that was taken out is refused', async () => {
    const before = createSpeechTokens({ keys: { old: otherSecret } });
    const after = createSpeechTokens({ keys: { new: secret } });
    const { token } = await before.mint(claims);
    expect(await tokens.verify(token)).toMatchObject({ subject: 'user-1' });
    await expect(jwtVerify(token, bytes(otherSecret))).resolves.toBeDefined();
    expect(await refusal(token, after)).toBe('token_invalid');
    const rotated = await tokens.mint(claims);
    expect(await after.verify(rotated.token)).toMatchObject({ subject: 'user-1' });
    expect(await refusal(rotated.token, before)).toBe('token_invalid');
  });

  test('of the same id in another deployment are other keys', async () => {
    const elsewhere = createSpeechTokens({ keys: { new: otherSecret } });
    expect(await refusal((await elsewhere.mint(claims)).token)).toBe('token_invalid');
  });

  test('that several deployments share do not make their tokens one', async () => {
    const { token } = await tokens.mint(claims);
    expect(await refusal(token, createSpeechTokens({ keys, audience: 'staging' }))).toBe('token_invalid');
    expect(await refusal(token, createSpeechTokens({ keys, issuer: 'another' }))).toBe('token_invalid');
  });

  test('may be bytes, of which a copy is kept', async () => {
    const given = bytes(secret);
    const fromBytes = createSpeechTokens({ keys: { new: given } });
    given.fill(0);
    expect(await tokens.verify((await fromBytes.mint(claims)).token)).toMatchObject({ subject: 'user-1' });
  });

  test.each([
    [{}, 'keys is empty'],
    [{ new: 'hunter2' }, 'shorter than 32 bytes'],
    [{ new: secret, old: 'hunter2hunter2hunter2hunter2hun' }, 'shorter than 32 bytes'],
    [{ new: new Uint8Array(31).fill(104) }, 'shorter than 32 bytes'],
    [{ new: 7 as unknown as string }, 'neither text'],
    [{ new: undefined as unknown as string }, 'neither text'],
    [{ new: [...bytes(secret)] as unknown as string }, 'neither text'],
    [{ '': secret }, 'key id'],
    [{ 'new key': secret }, 'key id'],
    [{ 2: secret, 1: otherSecret }, 'objects sort those'],
  ])('number %# are refused without being shown', (unusable, message) => {
    expect(() => createSpeechTokens({ keys: unusable })).toThrow(TypeError);
    expect(() => createSpeechTokens({ keys: unusable })).toThrow(message);
    expect(() => createSpeechTokens({ keys: unusable })).not.toThrow(/hunter|104|secret of/);
  });

  test('of 32 bytes are long enough, however few characters they are', async () => {
    const short = createSpeechTokens({ keys: { new: 'ü'.repeat(16) } });
    expect(await short.verify((await short.mint(claims)).token)).toBeDefined();
  });

  test('do not show in anything that is printed', async () => {
    await tokens.mint(claims);
    const shown = [tokens, ...Object.values(tokens)].map((value) => JSON.stringify(value) + String(value)).join();
    expect(shown).not.toContain(secret);
    expect(Object.values(tokens).map((value) => typeof value)).toEqual(['function', 'function']);
  });
});

describe('options', () => {
  test.each([
    { lifetime: 0 },
    { lifetime: 3601 },
    { lifetime: -60 },
    { lifetime: 1.5 },
    { lifetime: NaN },
    { lifetime: Infinity },
    { lifetime: '300' as unknown as number },
    { singleUseLifetime: 0 },
    { singleUseLifetime: 301 },
    { issuer: '' },
    { audience: '' },
    { audience: ['a'] as unknown as string },
  ])('%j are refused', (unusable) => {
    expect(() => createSpeechTokens({ keys, ...unusable })).toThrow(TypeError);
  });
});

describe('minting', () => {
  test.each([
    { subject: '' },
    { subject: undefined as unknown as string },
    { subject: 'a'.repeat(257) },
    { subject: 'a\nb' },
    { subject: 'a\udc00' },
    { tenant: '' },
    { disclosure: '' },
    { grants: undefined as unknown as object },
    { grants: { voices: ['x'.repeat(101)] } },
    { grants: { characterBudget: NaN } },
    { grants: { other: 1 } as object },
  ])('refuses %j', async (wrong) => {
    await expect(tokens.mint({ ...claims, ...wrong })).rejects.toThrow(TypeError);
  });

  test('refuses grants that do not fit into a token', async () => {
    const voices = Array.from({ length: 200 }, (_, index) => `voice${index}`.padEnd(20, 'v'));
    expect(await rejection(tokens.mint({ ...claims, grants: { voices } }))).toMatchObject({ code: 'invalid_request' });
    const fits = await tokens.mint({ ...claims, grants: { voices: voices.slice(0, 100) } });
    expect((await tokens.verify(fits.token)).grants.voices).toHaveLength(100);
  });
});
