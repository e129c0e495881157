import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createSpeechClient, regions, SpeechError } from '../../src/core/index.ts';
import { sendJson, startHttpServer, type Handler } from '../support/http-server.ts';
import { rejection, speechError } from '../support/rejection.ts';

async function connect(handler: Handler) {
  const server = await startHttpServer(handler);
  return { ...server, client: createSpeechClient({ baseUrl: server.url, apiKey: 'k', retry: false }) };
}

const pages: Handler = (response, { query }) => {
  const page = Number(query.get('next_page_token') ?? 0);
  const voices = [{ voice_id: `v${page}a` }, { voice_id: `v${page}b` }];
  sendJson(response, {
    voices,
    has_more: page < 2,
    total_count: 6,
    next_page_token: page < 2 ? String(page + 1) : null,
  });
};

describe('models.list', () => {
  test('gives the models as the service has them', async () => {
    const models = [{ model_id: 'm', languages: null, new_field: 1 }];
    const { client, requests } = await connect((response) => sendJson(response, models));
    expect(await client.models.list()).toEqual(models);
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/v1/models', body: '' });
  });

  test('tells of another reply', async () => {
    const { client } = await connect((response) => sendJson(response, { models: [] }));
    expect((await speechError(client.models.list())).code).toBe('protocol');
  });
});

describe('voices.search', () => {
  test('iterates over the voices of all pages, and again from the start', async () => {
    const { client, requests } = await connect(pages);
    const search = client.voices.search({ search: 'a b', voice_ids: ['x', 'y'], high_quality: false, sort: undefined });
    expect(requests).toHaveLength(0);
    for (let times = 0; times < 2; times += 1) {
      const ids: string[] = [];
      for await (const voice of search) ids.push(voice.voice_id);
      expect(ids).toEqual(['v0a', 'v0b', 'v1a', 'v1b', 'v2a', 'v2b']);
    }
    expect(requests).toHaveLength(6);
    expect(requests[1]?.path).toBe('/v2/voices');
    expect([...requests[1]!.query]).toEqual([
      ['search', 'a b'],
      ['voice_ids', 'x'],
      ['voice_ids', 'y'],
      ['high_quality', 'false'],
      ['next_page_token', '1'],
    ]);
  });

  test('asks for a page only when it is come to', async () => {
    const { client, requests } = await connect(pages);
    for await (const voice of client.voices.search()) {
      expect(voice.voice_id).toBe('v0a');
      break;
    }
    expect(requests).toHaveLength(1);
  });

  test('gives pages by hand and one after the other', async () => {
    const { client } = await connect(pages);
    const search = client.voices.search();
    expect(await search.page()).toMatchObject({ has_more: true, total_count: 6, next_page_token: '1' });
    expect((await search.page('2')).voices).toEqual([{ voice_id: 'v2a' }, { voice_id: 'v2b' }]);
    const sizes: number[] = [];
    for await (const { voices } of search.pages()) sizes.push(voices.length);
    expect(sizes).toEqual([2, 2, 2]);
  });

  test.each([
    ['the same page for ever', { voices: [], has_more: true, next_page_token: 'again' }],
    ['more without the name of the page', { voices: [], has_more: true, next_page_token: null }],
    ['no voices', {}],
    ['null', null],
  ])('tells of %s', async (_name, page) => {
    const { client } = await connect((response) => sendJson(response, page));
    const read = async (): Promise<void> => {
      for await (const voice of client.voices.search()) expect(voice).toBeUndefined();
    };
    expect((await speechError(read())).code).toBe('protocol');
  });

  test('tells of pages that go round in a circle', async () => {
    const { client } = await connect((response, { query }) => {
      const next = query.get('next_page_token') === 'a' ? 'b' : 'a';
      sendJson(response, { voices: [{ voice_id: next }], has_more: true, next_page_token: next });
    });
    const ids: string[] = [];
    const read = async (): Promise<void> => {
      for await (const voice of client.voices.search()) ids.push(voice.voice_id);
    };
    expect((await speechError(read())).code).toBe('protocol');
    expect(ids).toEqual(['a', 'b', 'a']);
  });

  test('ends by the caller’s signal', async () => {
    const { client } = await connect(pages);
    const caller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const voice of client.voices.search({}, { signal: caller.signal })) caller.abort(voice.voice_id);
    };
    expect(await rejection(read())).toBe('v0a');
  });
});

describe('voices.get', () => {
  test('gives one voice', async () => {
    const { client, requests } = await connect((response) => sendJson(response, { voice_id: 'v', labels: {} }));
    expect(await client.voices.get('v', { withSettings: true })).toEqual({ voice_id: 'v', labels: {} });
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/v1/voices/v' });
    expect(requests[0]?.query.get('with_settings')).toBe('true');
  });

  test('refuses an id that leads elsewhere', async () => {
    const { client, requests } = await connect((response) => sendJson(response, {}));
    expect(await rejection(client.voices.get('..'))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(0);
  });
});

describe('tokens.createSingleUse', () => {
  test('asks without a body', async () => {
    const { client, requests } = await connect((response) => sendJson(response, { token: 'sutkn_1' }));
    expect(await client.tokens.createSingleUse('tts_websocket')).toEqual({ token: 'sutkn_1' });
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/v1/single-use-token/tts_websocket', body: '' });
    expect(requests[0]?.headers).not.toHaveProperty('content-type');
    await client.tokens.createSingleUse('a_new_type');
    expect(await rejection(client.tokens.createSingleUse('../x'))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(2);
  });

  test.each([{}, { token: '' }, []])('tells of the reply %j', async (body) => {
    const { client } = await connect((response) => sendJson(response, body));
    expect((await speechError(client.tokens.createSingleUse('tts_websocket'))).code).toBe('protocol');
  });
});

describe('a client', () => {
  test('goes to the region that it is given', async () => {
    const urls: string[] = [];
    const fetch = async (url: string): Promise<Response> => {
      urls.push(url);
      return Response.json([]);
    };
    for (const baseUrl of [undefined, ...Object.values(regions)])
      await createSpeechClient({ baseUrl, fetch }).models.list();
    expect(urls).toEqual([regions.global, ...Object.values(regions)].map((region) => `${region}/v1/models`));
  });

  test('shows neither key nor token, printed or as JSON', async () => {
    for (const options of [{ apiKey: 'sk_secret' }, { token: 'sk_secret' }, { token: () => 'sk_secret' }]) {
      const client = createSpeechClient({
        fetch: async () => Response.json([]),
        headers: { 'x-app': 'sk_secret' },
        ...options,
      });
      await client.models.list();
      const stream = client.textToSpeech.streamWithTimestamps('v', { text: 'the old mill' });
      const shown = [client, client.voices.search(), stream].map((value) =>
        inspect(value, { depth: 9, showHidden: true }),
      );
      expect(shown.join() + JSON.stringify([client, stream])).not.toMatch(/sk_secret|old mill/);
    }
  });

  test('of no options needs none', () => {
    expect(Object.keys(createSpeechClient())).toEqual(['textToSpeech', 'models', 'voices', 'tokens']);
  });

  test.each([{ 'bad name': 'v' }, { name: 'sk_secret\n\0' }])('refuses headers that cannot be sent', (headers) => {
    expect(() => createSpeechClient({ headers: headers as unknown as Record<string, string> })).toThrow(
      new TypeError('headers holds a name or value that cannot be sent.'),
    );
  });
});

test('the errors of the package are recognised by name', async () => {
  const { client } = await connect((response) => sendJson(response, {}, 500));
  const error = await rejection(client.models.list());
  expect(SpeechError.is(error)).toBe(true);
});
