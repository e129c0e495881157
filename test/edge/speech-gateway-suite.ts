import { describe, expect, test, vi } from 'vitest';
import { createSpeechGateway } from '../../src/edge/speech-gateway.ts';
import type { SpeechCache } from '../../src/edge/cache/speech-cache.ts';
import { memoryLimitsForTests } from '../../src/edge/limits/memory-limits-for-tests.ts';
import { apiKey, origin, refusalCode, secret, startGateway, text, voice } from './gateway-under-test.ts';

/** What holds for the gateway in every runtime. */
export function speechGatewaySuite(runtime: string, newCache: () => SpeechCache): void {
  describe(`in ${runtime}, the gateway's routes`, () => {
    test.each([
      ['', 'audio/pcm'],
      ['/stream', 'audio/pcm'],
      ['/with-timestamps', 'application/json'],
      ['/stream/with-timestamps', 'application/x-ndjson'],
    ])('speak by text-to-speech%s', async (call, type) => {
      const gateway = startGateway();
      const reply = await gateway.speak({ call });
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toBe(type);
      expect(reply.headers.get('request-id')).toBeTruthy();
      expect((await reply.arrayBuffer()).byteLength).toBeGreaterThan(1000);
      expect(gateway.sent).toHaveLength(1);
    });

    test('say that the gateway is there, to everybody', async () => {
      const gateway = startGateway();
      const reply = await gateway.ask('/health');
      expect(await reply.json()).toEqual({ status: 'ok' });
      expect(gateway.sent).toEqual([]);
    });

    test('list models and voices, and ask the service once', async () => {
      const gateway = startGateway();
      const headers = { authorization: `Bearer ${await gateway.token()}` };
      for (const path of ['/v1/models', '/v2/voices?page_size=2', `/v1/voices/${voice}`]) {
        const first = await (await gateway.ask(path, { headers })).json();
        await gateway.settled();
        expect(await (await gateway.ask(path, { headers })).json()).toEqual(first);
      }
      expect(gateway.sent.map(({ url }) => url.pathname)).toEqual(['/v1/models', '/v2/voices', `/v1/voices/${voice}`]);
    });

    test('list what the token is good for, and nothing else', async () => {
      const gateway = startGateway();
      const grants = { voices: [voice], models: ['eleven_flash_v2_5'] };
      const headers = { authorization: `Bearer ${await gateway.token({ grants })}` };
      const models = (await (await gateway.ask('/v1/models', { headers })).json()) as { model_id: string }[];
      expect(models.map(({ model_id: id }) => id)).toEqual(['eleven_flash_v2_5']);
      const voices = (await (await gateway.ask('/v2/voices', { headers })).json()) as {
        voices: { voice_id: string }[];
      };
      expect(voices.voices.map(({ voice_id: id }) => id)).toEqual([voice]);
      expect((await gateway.ask('/v1/voices/rmsUsEnglishMale0001', { headers })).status).toBe(403);
    });

    test.each([
      ['GET', '/'],
      ['GET', '/v1/user'],
      ['GET', '/v1/history'],
      ['POST', '/v1/voices/add/x'],
      ['POST', '/v1/single-use-token/tts_websocket'],
      ['GET', '/v1/voices'],
      ['GET', '/v1/models/'],
      ['POST', `/v1/text-to-speech/${voice}/`],
      ['POST', `/v1/text-to-speech/${voice}/stream/`],
      ['POST', `/v1/text-to-speech/${voice}/toString`],
      ['POST', `/v1/text-to-speech/${voice}/with-timestamps/stream`],
      ['POST', `//v1/text-to-speech/${voice}/stream`],
    ])('end there: %s %s is nothing', async (method, path) => {
      const gateway = startGateway();
      const headers = { authorization: `Bearer ${await gateway.token()}`, 'content-type': 'application/json' };
      const reply = await gateway.ask(path, { method, headers, ...(method === 'POST' && { body: '{"text":"x"}' }) });
      expect(reply.status).toBe(404);
      expect(gateway.sent).toEqual([]);
    });

    test('know one method each', async () => {
      const gateway = startGateway();
      for (const [path, method] of [
        ['/token', 'GET'],
        ['/health', 'POST'],
        [`/v1/text-to-speech/${voice}/stream`, 'GET'],
        ['/v1/models', 'DELETE'],
      ] as const) {
        const reply = await gateway.ask(path, { method });
        expect(reply.status).toBe(405);
        expect(reply.headers.get('allow')).toBe(path === '/token' || path.endsWith('/stream') ? 'POST' : 'GET');
      }
    });

    test('stand under the path of their mount, and nowhere else', async () => {
      const gateway = startGateway({ path: '/app/speech/' });
      expect((await gateway.ask('/app/speech/health')).status).toBe(200);
      for (const path of ['/health', '/app/speechhealth', '/app/speech/app/speech/health', '/app/health']) {
        expect((await gateway.ask(path)).status).toBe(404);
      }
    });
  });

  describe(`in ${runtime}, ids and queries lead nowhere else`, () => {
    const traversals = [
      '..',
      '.',
      '%2e%2e',
      '%2E%2E%2Fuser',
      '..%2f..%2fv1%2fuser',
      'a\\b\\..\\..\\user',
      'a%5C..%5C..',
    ].concat([
      'a%00',
      'a b',
      'a%20b',
      'é',
      '%ff',
      'a;b',
      'a@b',
      'a:b',
      '?x',
      '#x',
      'a'.repeat(65),
      '__proto__',
      '-',
      '%252e%252e',
    ]);

    test.each(traversals)('the voice %s', async (id) => {
      const gateway = startGateway();
      const reply = await gateway.speak({ voice: id, token: await gateway.token() });
      expect([404, 405]).toContain(reply.status);
      // A URL takes dots out before it is asked for: what is left may be a voice that nobody has.
      const paths = gateway.sent.map(({ url }) => url.pathname);
      for (const path of paths) expect(path).toMatch(/^\/v1\/text-to-speech\/(?:stream|user)(?:\/stream)?$/);
    });

    test.each([
      'xi_api_key=x',
      'xi-api-key=x',
      'token=x',
      'authorization=Bearer%20x',
      'single_use_token=x',
      'output_format=pcm_8000&output_format=mp3_44100_128',
      'output_format=pcm_8000%26enable_logging%3Dtrue',
      'output_format=../x',
      'output_format=',
      'enable_logging=yes',
      'optimize_streaming_latency=5',
      '__proto__=x',
      'constructor=x',
      'fault_status=500',
      'OUTPUT_FORMAT=pcm_8000',
    ])('the query %s', async (query) => {
      const gateway = startGateway();
      const reply = await gateway.speak({ query });
      expect(reply.status).toBe(400);
      expect(await refusalCode(reply)).toBe('invalid_request');
      expect(gateway.sent).toEqual([]);
    });
  });

  describe(`in ${runtime}, who may ask`, () => {
    test('is whom the app knows', async () => {
      const gateway = startGateway();
      const reply = await gateway.mint({}, '');
      expect(reply.status).toBe(401);
      expect(await refusalCode(reply)).toBe('not_authorized');
      expect((await gateway.mint()).status).toBe(200);
    });

    test('is not whom a token knows: it can’t ask for another one', async () => {
      const gateway = startGateway();
      const headers = { authorization: `Bearer ${await gateway.token()}`, 'content-type': 'application/json' };
      expect((await gateway.ask('/token', { method: 'POST', headers, body: '{}' })).status).toBe(401);
    });

    test.each([
      ['nothing', {}, 'token_missing'],
      ['no bearer', { authorization: 'Basic YTpi' }, 'token_missing'],
      ['the key of the service', { 'xi-api-key': apiKey }, 'token_missing'],
      ['something else', { authorization: 'Bearer abc' }, 'token_invalid'],
    ])('is nobody with %s', async (_, headers, code) => {
      const gateway = startGateway();
      const reply = await gateway.ask('/v1/models', { headers: headers as Record<string, string> });
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refusalCode(reply)).toBe(code);
    });

    test('is not who shows a token in the address', async () => {
      const gateway = startGateway();
      expect((await gateway.ask(`/v1/models?token=${await gateway.token()}`)).status).toBe(401);
    });

    test('gets no more than the app and the policy grant, whatever the page asks for', async () => {
      const gateway = startGateway({
        authorize: () => ({ subject: 'ada', grants: { voices: [voice], charactersPerRequest: 40 } }),
        policy: { operations: ['stream', 'convert'], charactersPerRequest: 35 },
      });
      const grants = {
        operations: ['stream', 'streamWithTimestamps'],
        voices: [voice, 'other'],
        charactersPerRequest: 9999,
      };
      const token = await gateway.token({ grants });
      const speak = (changes: object) => gateway.speak({ token, ...changes });
      expect((await speak({})).status).toBe(200);
      expect(await refusalCode(speak({ call: '' }))).toBe('not_granted');
      expect(await refusalCode(speak({ call: '/stream/with-timestamps' }))).toBe('not_granted');
      expect(await refusalCode(speak({ voice: 'rmsUsEnglishMale0001' }))).toBe('not_granted');
      expect(await refusalCode(speak({ body: { text: 'x'.repeat(36) } }))).toBe('text_too_long');
      expect((await gateway.mint({ grants: { anything: true } })).status).toBe(400);
      expect((await gateway.mint({ subject: 'root' })).status).toBe(400);
    });

    test('is told what the token is not good for', async () => {
      const gateway = startGateway();
      const grants = { models: ['eleven_flash_v2_5'], formats: ['pcm_8000'] };
      const token = await gateway.token({ grants });
      const granted = { text, model_id: 'eleven_flash_v2_5' };
      expect((await gateway.speak({ token, body: granted })).status).toBe(200);
      expect(await refusalCode(gateway.speak({ token }))).toBe('not_granted');
      expect(await refusalCode(gateway.speak({ token, body: { text, model_id: 'eleven_v3' } }))).toBe('not_granted');
      expect(await refusalCode(gateway.speak({ token, body: granted, query: '' }))).toBe('not_granted');
    });

    test('must have accepted the notice, in its present version', async () => {
      const limits = memoryLimitsForTests();
      const before = startGateway({ limits, policy: { disclosure: '2026-05' } });
      expect(await refusalCode(before.mint())).toBe('disclosure_required');
      expect(await refusalCode(before.mint({ disclosure: '2025-01' }))).toBe('disclosure_required');
      const token = await before.token({ disclosure: '2026-05' });
      expect((await before.speak({ token })).status).toBe(200);
      const after = startGateway({ limits, policy: { disclosure: '2026-11' } });
      expect(await refusalCode(after.speak({ token }))).toBe('disclosure_required');
      const known = startGateway({
        policy: { disclosure: '2026-11' },
        authorize: () => ({ subject: 'ada', disclosure: '2026-11' }),
      });
      expect((await known.speak()).status).toBe(200);
    });

    test('passes the rate limit first; one that can’t be asked lets nobody pass', async () => {
      const asked: string[] = [];
      const gateway = startGateway({
        rateLimit: { allow: async (key) => asked.push(key) < 3 },
      });
      const token = await gateway.token();
      expect((await gateway.speak({ token })).status).toBe(200);
      const reply = await gateway.speak({ token });
      expect(reply.status).toBe(429);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(asked).toEqual(['ada', 'ada', 'ada']);
      const broken = startGateway({ rateLimit: { allow: () => Promise.reject(new Error('down')) } });
      expect((await broken.mint()).status).toBe(503);
    });
  });

  describe(`in ${runtime}, pages`, () => {
    test.each([
      'https://evil.example',
      'null',
      'http://app.example',
      'https://app.example.evil.example',
      'https://app.example:444',
    ])('of %s are refused before anything happens', async (foreign) => {
      const gateway = startGateway();
      const headers = { origin: foreign, 'x-user': 'ada', 'content-type': 'application/json' };
      for (const method of ['POST', 'OPTIONS']) {
        const reply = await gateway.ask('/token', { method, headers, ...(method === 'POST' && { body: '{}' }) });
        expect(reply.status).toBe(403);
        expect(reply.headers.get('access-control-allow-origin')).toBeNull();
        expect(reply.headers.get('vary')).toBe('Origin');
      }
    });

    test('of another site are refused even where the browser leaves the origin out', async () => {
      const gateway = startGateway();
      const headers = {
        origin: 'none',
        authorization: `Bearer ${await gateway.token()}`,
        'sec-fetch-site': 'cross-site',
      };
      expect((await gateway.ask('/v1/models', { headers })).status).toBe(403);
    });

    test('of the gateway’s own origin may ask where no origins are named', async () => {
      const gateway = startGateway({ origins: undefined });
      expect((await gateway.ask('/health', { headers: { origin: 'https://gateway.example' } })).status).toBe(200);
      expect((await gateway.ask('/health')).status).toBe(403);
    });

    test('are told before they ask, without a token', async () => {
      const gateway = startGateway();
      const reply = await gateway.ask(`/v1/text-to-speech/${voice}/stream`, { method: 'OPTIONS' });
      expect(reply.status).toBe(204);
      expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
      expect(reply.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
      const headers = { 'access-control-request-headers': 'authorization,content-type,x-session' };
      const own = await gateway.ask('/token', { method: 'OPTIONS', headers });
      expect(own.headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-session');
      expect(Number(reply.headers.get('access-control-max-age'))).toBeGreaterThan(0);
    });

    test('can read errors, and the headers that are theirs', async () => {
      const gateway = startGateway();
      const refused = await gateway.ask('/v1/models');
      expect(refused.status).toBe(401);
      for (const reply of [refused, await gateway.ask('/nowhere'), await gateway.speak()]) {
        expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
        expect(reply.headers.get('access-control-allow-origin')).not.toBe('*');
        expect(reply.headers.get('access-control-expose-headers')).toContain('request-id');
        expect(reply.headers.get('cache-control')).toContain('no-store');
        expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
      }
    });

    test('that are no pages need no origin', async () => {
      const gateway = startGateway();
      const headers = { origin: 'none', authorization: `Bearer ${await gateway.token()}` };
      const reply = await gateway.ask('/v1/models', { headers });
      expect(reply.status).toBe(200);
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe(`in ${runtime}, what goes to the service`, () => {
    test('is built from nothing: no header of the caller’s goes along', async () => {
      const gateway = startGateway();
      await gateway.ask(`/v1/text-to-speech/${voice}/stream?output_format=pcm_8000`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await gateway.token()}`,
          'content-type': 'application/json; charset=utf-8',
          'xi-api-key': 'another-key',
          cookie: 'session=1',
          'x-forwarded-for': '1.2.3.4',
          'cf-connecting-ip': '1.2.3.4',
          forwarded: 'for=1.2.3.4',
          'accept-language': 'de',
          range: 'bytes=0-1',
          'x-fault-status': '500',
          referer: 'https://app.example/secret',
          'user-agent': 'agent',
        },
        body: JSON.stringify({ text }),
      });
      const [sent] = gateway.sent;
      expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
        'xi-api-key': apiKey,
        'content-type': 'application/json',
        'accept-encoding': 'identity',
      });
      expect(sent?.redirect).toBe('manual');
      expect(sent?.url.href.replace(sent.url.origin, '')).toBe(
        `/v1/text-to-speech/${voice}/stream?output_format=pcm_8000`,
      );
    });

    test('holds every field of the service’s request, made anew', async () => {
      const gateway = startGateway();
      const body = {
        text,
        model_id: 'eleven_flash_v2_5',
        language_code: 'en',
        voice_settings: { stability: 0.5, similarity_boost: null, style: 0, speed: 1.1, use_speaker_boost: false },
        pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'abc', version_id: null }],
        seed: 4_294_967_295,
        previous_text: 'Before.',
        next_text: null,
        previous_request_ids: ['a', 'b'],
        next_request_ids: [],
        use_pvc_as_ivc: false,
        apply_text_normalization: 'auto',
        apply_language_text_normalization: false,
        audio_effects: { distance: 0.5, environment_id: null },
      };
      await gateway.speak({ body });
      expect(gateway.sent[0]?.body).toEqual(body);
    });

    test.each([
      ['an unknown field', { text, xi_api_key: 'x' }],
      ['an own __proto__', '{"text":"x","__proto__":{"admin":true}}'],
      ['an unknown field of the settings', { text, voice_settings: { volume: 1 } }],
      ['a voice setting of the wrong type', { text, voice_settings: { stability: '1' } }],
      ['settings that are a list', { text, voice_settings: [] }],
      ['a seed beyond 32 bits', { text, seed: 4_294_967_296 }],
      ['an id with a slash', { text, previous_request_ids: ['../x'] }],
      ['too many dictionaries', { text, pronunciation_dictionary_locators: Array.from({ length: 11 }, () => ({})) }],
      ['no text', {}],
      ['empty text', { text: ' \n' }],
      ['text that is a number', { text: 1 }],
      ['a list', []],
      ['null', 'null'],
      ['no JSON', '{"text":'],
    ])('is never %s', async (_, body) => {
      const gateway = startGateway();
      const reply = await gateway.speak({ body });
      expect(reply.status).toBe(400);
      expect(gateway.sent).toEqual([]);
    });

    test('has the last of two equal names, as it was checked, and no half pairs', async () => {
      const gateway = startGateway();
      await gateway.speak({ body: `{"text":"first","text":"a\\ud800b \\ud83d\\ude00"}` });
      expect(gateway.sent[0]?.body).toEqual({ text: 'a\ufffdb 😀' });
    });

    test('is JSON in UTF-8 that comes in time and is not too long', async () => {
      const gateway = startGateway({ bodyLimit: 1000, bodyTimeout: 0.2 });
      const token = await gateway.token();
      const post = (body: BodyInit, headers: Record<string, string> = {}) =>
        gateway.ask(`/v1/text-to-speech/${voice}/stream`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
          body,
          ...({ duplex: 'half' } as object),
        });
      expect((await post('{"text":"x"}', { 'content-type': 'text/plain' })).status).toBe(415);
      expect((await post('{"text":"x"}', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
      expect((await post('{"text":"x"}', { 'content-type': 'application/json; charset=latin1' })).status).toBe(415);
      expect((await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]))).status).toBe(400);
      expect((await post(JSON.stringify({ text: 'x'.repeat(1000) }))).status).toBe(413);
      const drip = drippingBody();
      expect((await post(drip.body)).status).toBe(408);
      expect(await drip.cancelled).toBe(true);
      expect((await post(endlessBody())).status).toBe(413);
      expect(gateway.sent).toEqual([]);
    });

    test('asks the service to keep nothing where the policy says so, whatever the page says', async () => {
      const gateway = startGateway({ policy: { zeroRetention: true } });
      for (const query of ['output_format=pcm_8000&enable_logging=true', 'output_format=pcm_8000']) {
        expect((await gateway.speak({ query })).status).toBe(200);
        expect(gateway.sent.at(-1)?.url.searchParams.getAll('enable_logging')).toEqual(['false']);
      }
    });
  });

  describe(`in ${runtime}, what the service says`, () => {
    test.each([
      ['fault_status=401', 502, 'upstream_refused'],
      ['fault_status=403', 502, 'upstream_refused'],
      ['fault_quota=1', 502, 'upstream_refused'],
      ['fault_status=404', 404, 'not_found'],
      ['fault_status=422', 400, 'invalid_request'],
      ['fault_status=429&fault_retry_after=7', 429, 'too_many_requests'],
      ['fault_status=500', 502, 'upstream_failed'],
      ['fault_status=503', 502, 'upstream_failed'],
    ])('of %s becomes %s %s', async (faults, status, code) => {
      const gateway = startGateway({ faults });
      const reply = await gateway.speak();
      expect(reply.status).toBe(status);
      const body = await reply.text();
      expect(JSON.parse(body)).toMatchObject({ detail: { code } });
      // Nothing of the gateway's key, and nothing of the service's own words.
      expect(body).not.toMatch(/api.?key|quota|unusual/i);
      expect(reply.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
      await gateway.settled();
      expect(gateway.logs.at(-1)).toMatchObject({ code, outcome: 'refused' });
      expect(gateway.logs.at(-1)?.upstream?.status).toBeGreaterThanOrEqual(400);
    });

    test('in headers reaches nobody but for those of the list', async () => {
      const gateway = startGateway({
        fetch: async (url, init) => {
          const reply = await fetch(url, init);
          const headers = new Headers(reply.headers);
          headers.set('set-cookie', 'a=b');
          headers.set('x-secret', apiKey);
          headers.set('access-control-allow-origin', '*');
          headers.set('server', 'x');
          headers.set('cache-control', 'public, max-age=99999');
          headers.set('location', 'https://evil.example');
          return new Response(reply.body, { status: reply.status, headers });
        },
      });
      const reply = await gateway.speak();
      expect([...reply.headers.keys()].toSorted()).toEqual(
        [
          'access-control-allow-credentials',
          'access-control-allow-origin',
          'access-control-expose-headers',
          'cache-control',
          'character-cost',
          'content-type',
          'request-id',
          'vary',
          'x-content-type-options',
        ].toSorted(),
      );
      expect(reply.headers.get('cache-control')).toBe('no-store, no-transform');
      expect(reply.headers.get('access-control-allow-origin')).toBe(origin);
    });

    test.each(['null', '[null]', '{"voices":[null]}', '<html>'])(
      'that is no list (%s) is a refusal, and is not kept',
      async (list) => {
        const gateway = startGateway({ fetch: async () => new Response(list) });
        const headers = {
          authorization: `Bearer ${await gateway.token({ grants: { models: ['a'], voices: ['b'] } })}`,
        };
        for (let count = 0; count < 2; count += 1) {
          const reply = await gateway.ask('/v2/voices', { headers });
          expect(await refusalCode(reply)).toBe('upstream_failed');
          await gateway.settled();
        }
        expect(gateway.sent).toHaveLength(2);
      },
    );

    test('late is not waited for', async () => {
      const gateway = startGateway({ faults: 'fault_delay=20000', upstreamTimeout: 0.3 });
      const reply = await gateway.speak();
      expect(reply.status).toBe(504);
      expect(gateway.sent[0]?.signal?.aborted).toBe(true);
    });

    test('from where nobody is, is a refusal', async () => {
      const gateway = startGateway({ serviceUrl: 'http://127.0.0.1:1' });
      const reply = await gateway.speak();
      expect(reply.status).toBe(502);
      expect(await refusalCode(reply)).toBe('upstream_unreachable');
    });

    test('beyond the session’s seconds is cut off', async () => {
      const gateway = startGateway({ faults: 'fault_pace=0.2', policy: { sessionSeconds: 0.5 } });
      const reply = await gateway.speak();
      await expect(reply.arrayBuffer()).rejects.toThrow();
      await gateway.settled();
      expect(gateway.logs.at(-1)).toMatchObject({ outcome: 'broken', status: 200 });
    });
  });

  describe(`in ${runtime}, what is counted`, () => {
    test('a single-use token is good for one request', async () => {
      const gateway = startGateway();
      const token = await gateway.token({ singleUse: true });
      const replies = await Promise.all(Array.from({ length: 10 }, () => gateway.speak({ token })));
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 401)).toHaveLength(9);
    });

    test('a budget that requests race for is never overspent, and a refused request costs nothing', async () => {
      const policy = { characterBudget: text.length * 3 + 5 };
      const limits = memoryLimitsForTests();
      const failing = startGateway({ policy, limits, faults: 'fault_status=500' });
      expect((await failing.speak()).status).toBe(502);
      await failing.settled();
      const gateway = startGateway({ policy, limits });
      const replies = await Promise.all(Array.from({ length: 8 }, () => gateway.speak()));
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
      expect(replies.filter(({ status }) => status === 402)).toHaveLength(5);
      await Promise.all(replies.map((reply) => reply.arrayBuffer()));
      await gateway.settled();
      expect((await gateway.speak()).status).toBe(402);
      expect((await gateway.speak({ token: await gateway.token({}, 'bob') })).status).toBe(200);
    });

    test('requests at once are let in up to the grant, and places are free again when a reply ends or is left', async () => {
      const gateway = startGateway({ policy: { concurrency: 2 }, faults: 'fault_pace=1' });
      const first = await gateway.speak();
      const second = await gateway.speak();
      const third = await gateway.speak();
      expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
      await first.body?.cancel();
      await second.body?.cancel();
      await gateway.settled();
      expect((await gateway.speak()).status).toBe(200);
      expect(gateway.logs.filter(({ outcome }) => outcome === 'broken' || outcome === 'left')).toHaveLength(2);
    });

    test('what was admitted though the answer was lost is given back', async () => {
      const limits = memoryLimitsForTests();
      let isLost = true;
      const gateway = startGateway({
        policy: { concurrency: 1, characterBudget: text.length },
        limits: {
          ...limits,
          admit: async (admission) => {
            const verdict = await limits.admit(admission);
            if (isLost) throw new Error('lost');
            return verdict;
          },
        },
      });
      expect((await gateway.speak()).status).toBe(503);
      await gateway.settled();
      isLost = false;
      expect((await gateway.speak()).status).toBe(200);
    });

    test('characters of a reply that was left are spent, those of a refused one are not', async () => {
      const policy = { characterBudget: text.length * 2 };
      const limits = memoryLimitsForTests();
      const gateway = startGateway({ policy, limits, faults: 'fault_pace=1' });
      await (await gateway.speak()).body?.cancel();
      await gateway.settled();
      const failing = startGateway({ policy, limits, faults: 'fault_status=422' });
      expect((await failing.speak()).status).toBe(400);
      await failing.settled();
      const quick = startGateway({ policy, limits });
      expect([(await quick.speak()).status, (await quick.speak()).status]).toEqual([200, 402]);
    });

    test('a single-use token is for speech: lists need one that is not', async () => {
      const gateway = startGateway();
      const headers = { authorization: `Bearer ${await gateway.token({ singleUse: true })}` };
      expect(await refusalCode(gateway.ask('/v1/models', { headers }))).toBe('not_granted');
      expect(gateway.sent).toEqual([]);
    });

    test('limits that can’t be asked let nobody pass', async () => {
      const gateway = startGateway({
        policy: { concurrency: 2 },
        limits: { admit: down, reserve: down, settle: down },
      });
      const reply = await gateway.speak();
      expect(reply.status).toBe(503);
      expect(await refusalCode(reply)).toBe('limits_unavailable');
      await gateway.settled();
      expect(gateway.logs.at(-1)).toMatchObject({ code: 'limits_unavailable', cause: 'Error' });
    });

    test('what must be counted is refused where nothing counts', async () => {
      expect(() => startGateway({ limits: undefined, policy: { characterBudget: 5 } })).toThrow(TypeError);
      const gateway = startGateway({ limits: undefined });
      expect((await gateway.speak()).status).toBe(200);
      expect(await refusalCode(gateway.speak({ token: await gateway.token({ singleUse: true }) }))).toBe(
        'misconfigured',
      );
      expect(await refusalCode(gateway.speak({ token: await gateway.token({ grants: { concurrency: 1 } }) }))).toBe(
        'misconfigured',
      );
    });
  });

  describe(`in ${runtime}, finished speech`, () => {
    test('is neither kept where the service must keep nothing', async () => {
      const shared = { cache: newCache(), cacheSpeech: 60 };
      expect(() => startGateway({ ...shared, policy: { zeroRetention: true } })).toThrow(TypeError);
      const gateway = startGateway(shared);
      for (let count = 0; count < 2; count += 1) {
        await (await gateway.speak({ query: 'output_format=pcm_8000&enable_logging=false' })).arrayBuffer();
        await gateway.settled();
      }
      expect(gateway.sent).toHaveLength(2);
    });

    test('is of one account of the service: another gateway with the same cache has its own', async () => {
      const cache = newCache();
      const [one, other] = [
        startGateway({ cache, cacheSpeech: 60 }),
        startGateway({ cache, cacheSpeech: 60, apiKey: 'sk_another_account' }),
      ];
      for (const gateway of [one, other]) {
        const headers = { authorization: `Bearer ${await gateway.token()}` };
        expect((await gateway.ask('/v2/voices', { headers })).status).toBe(200);
        await (await gateway.speak()).arrayBuffer();
        await gateway.settled();
        expect(gateway.sent).toHaveLength(2);
      }
    });

    test('is made, and costs a place, whatever the cache does', async () => {
      const broken = {
        match: (): never => {
          throw new Error('down');
        },
        put: (): never => {
          throw new Error('down');
        },
      };
      const gateway = startGateway({ cache: broken, cacheSpeech: 60, policy: { concurrency: 1 } });
      for (let count = 0; count < 3; count += 1) {
        const reply = await gateway.speak();
        expect(reply.status).toBe(200);
        await reply.arrayBuffer();
        await gateway.settled();
      }
    });

    test('is not kept unless it is asked for', async () => {
      const gateway = startGateway({ cache: newCache() });
      for (let count = 0; count < 2; count += 1) {
        await (await gateway.speak()).arrayBuffer();
        await gateway.settled();
      }
      expect(gateway.sent).toHaveLength(2);
      expect(() => startGateway({ cacheSpeech: 60 })).toThrow(TypeError);
    });

    test('is given to the same tenant again, byte for byte, and costs no characters', async () => {
      const policy = { characterBudget: text.length };
      const gateway = startGateway({ cache: newCache(), cacheSpeech: 60, policy });
      const first = await gateway.speak();
      const spoken = await bytesOf(first);
      await gateway.settled();
      expect(await refusalCode(gateway.speak({ body: { text: 'Something else.' } }))).toBe('quota_exceeded');
      const roomy = { ...policy, characterBudget: text.length * 2 };
      const again = startGateway({ cache: newCache(), cacheSpeech: 60, policy: roomy });
      await bytesOf(await again.speak());
      await again.settled();
      for (let count = 0; count < 3; count += 1) {
        const reply = await again.speak({ body: { text } });
        expect(await bytesOf(reply)).toEqual(spoken);
        expect(reply.headers.get('content-type')).toBe(first.headers.get('content-type'));
        expect(reply.headers.get('cache-control')).toBe('no-store, no-transform');
        await again.settled();
      }
      expect(again.sent).toHaveLength(1);
      expect(again.logs.at(-1)).toMatchObject({ cached: true });
    });

    test('is another one for every other input, and for every other tenant', async () => {
      const gateway = startGateway({ cache: newCache(), cacheSpeech: 60 });
      const full = { text, model_id: 'eleven_flash_v2_5', voice_settings: { speed: 1, stability: 0.5 } };
      const variants = [
        { body: full },
        { body: { ...full, text: `${text} ` } },
        { body: { ...full, model_id: 'eleven_multilingual_v2' } },
        { body: { ...full, voice_settings: { speed: 1.1, stability: 0.5 } } },
        { body: { ...full, seed: 1 } },
        { body: full, query: 'output_format=pcm_16000' },
        { body: full, query: 'output_format=pcm_8000&enable_logging=true' },
        { body: full, call: '' },
        { body: full, call: '/stream/with-timestamps' },
        { body: full, voice: 'rmsUsEnglishMale0001' },
        { body: full, token: await gateway.token({}, 'bob') },
      ];
      for (const variant of variants) await (await gateway.speak(variant)).arrayBuffer();
      await gateway.settled();
      expect(gateway.sent).toHaveLength(variants.length);
      const reordered = { voice_settings: { stability: 0.5, speed: 1 }, model_id: full.model_id, text };
      for (const body of [full, reordered]) await (await gateway.speak({ body })).arrayBuffer();
      expect(gateway.sent).toHaveLength(variants.length);
    });

    test('is shared in a tenant', async () => {
      const gateway = startGateway({
        cache: newCache(),
        cacheSpeech: 60,
        authorize: ({ headers }) => ({ subject: headers.get('x-user') ?? 'nobody', tenant: 'school' }),
      });
      for (const user of ['ada', 'bob']) {
        await (await gateway.speak({ token: await gateway.token({}, user) })).arrayBuffer();
        await gateway.settled();
      }
      expect(gateway.sent).toHaveLength(1);
    });

    test('of a tenant is not for a subject of the same name', async () => {
      const shared = { cache: newCache(), cacheSpeech: 60 };
      const ofTenant = startGateway({ ...shared, authorize: () => ({ subject: 'ada', tenant: 'bob' }) });
      await (await ofTenant.speak()).arrayBuffer();
      await ofTenant.settled();
      const ofSubject = startGateway({ ...shared, authorize: () => ({ subject: 'bob' }) });
      await (await ofSubject.speak()).arrayBuffer();
      expect(ofSubject.sent).toHaveLength(1);
    });

    test('is kept whole or not at all', async () => {
      const cache = newCache();
      const cut = startGateway({ cache, cacheSpeech: 60, faults: 'fault_cut=9000' });
      await (await cut.speak()).arrayBuffer().catch(() => undefined);
      await cut.settled();
      const gateway = startGateway({ cache, cacheSpeech: 60 });
      const left = await gateway.speak();
      expect(gateway.sent).toHaveLength(1);
      // Who leaves in mid-speech leaves a whole one to the next.
      await left.body?.cancel();
      await gateway.settled();
      const whole = await bytesOf(await gateway.speak());
      expect(gateway.sent).toHaveLength(1);
      expect(whole).toEqual(await bytesOf(await startGateway().speak()));
    });
  });

  describe(`in ${runtime}, the log`, () => {
    test('has one line a request, with counts and names', async () => {
      const gateway = startGateway();
      await (await gateway.speak({ call: '' })).arrayBuffer();
      await gateway.ask('/nowhere');
      await gateway.settled();
      expect(gateway.logs).toHaveLength(3);
      const spoken = gateway.logs.find(({ route }) => route === 'convert');
      expect(spoken).toMatchObject({ event: 'speech-gateway', status: 200, outcome: 'ended', characters: text.length });
      expect(spoken?.subject).toMatch(/^[\da-f]{16}$/);
      expect(spoken?.ms).toBeGreaterThanOrEqual(0);
      expect(gateway.logs.find(({ route }) => route === 'none')).toMatchObject({ status: 404, code: 'not_found' });
    });

    test('harms nobody when it fails', async () => {
      const shown = vi.spyOn(console, 'error').mockImplementation(() => {});
      for (const log of [() => Promise.reject(new Error('the collector is down')), () => down()]) {
        const gateway = startGateway({ log });
        expect((await gateway.ask('/health')).status).toBe(200);
        await gateway.settled();
      }
      expect(shown).toHaveBeenCalledTimes(2);
      shown.mockRestore();
    });

    test('is no way to the secrets, nor is the gateway itself', () => {
      const gateway = createSpeechGateway({ apiKey, tokens: { keys: { first: secret } }, authorize: () => undefined });
      expect(JSON.stringify(gateway)).not.toMatch(new RegExp(`${apiKey}|${secret}`));
      expect(Object.values(gateway).join(' ')).not.toMatch(new RegExp(`${apiKey}|${secret}`));
      for (const wrong of [
        { apiKey: `${apiKey}\n` },
        { tokens: { keys: { first: 'short' } } },
        { policy: { voices: [1] } },
      ]) {
        const options = { apiKey, tokens: { keys: { first: secret } }, authorize: () => undefined, ...wrong };
        const error = trial(() => createSpeechGateway(options as never)) as Error;
        expect(error).toBeInstanceOf(TypeError);
        expect(`${error.message}${error.stack}`).not.toMatch(/sk_test|short'|secret-of/);
      }
    });

    test('never holds text, tokens, keys, queries or who it was', async () => {
      const gateway = startGateway();
      const token = await gateway.token({}, 'ada@example.org');
      await (await gateway.speak({ token })).arrayBuffer();
      await gateway.speak({ token, query: 'output_format=pcm_8000&xi_api_key=hidden' });
      await gateway.settled();
      const printed = JSON.stringify(gateway.logs);
      for (const hidden of [text, token, apiKey, secret, 'pcm_8000', 'hidden', 'ada@example.org', voice]) {
        expect(printed).not.toContain(hidden);
      }
    });
  });
}

function trial(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const down = (): Promise<never> => Promise.reject(new Error('down'));

async function bytesOf(reply: Response): Promise<Uint8Array> {
  return new Uint8Array(await reply.arrayBuffer());
}

/** A body of one byte each 50 ms, and whether it was given up. */
function drippingBody(): { readonly body: ReadableStream<Uint8Array>; readonly cancelled: Promise<boolean> } {
  let tell: (isCancelled: boolean) => void;
  const cancelled = new Promise<boolean>((resolve) => (tell = resolve));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.enqueue(new TextEncoder().encode(' '));
    },
    cancel: () => tell(true),
  });
  return { body, cancelled };
}

function endlessBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(500).fill(0x20)) });
}
