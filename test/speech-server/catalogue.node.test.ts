import { describe, expect, test } from 'vitest';
import { fetchPath } from './support/speech-call.ts';

interface VoicePage {
  readonly voices: readonly { readonly voice_id: string; readonly name: string; readonly category: string }[];
  readonly has_more: boolean;
  readonly total_count: number;
  readonly next_page_token: string | null;
}

async function search(query: string): Promise<VoicePage> {
  return (await fetchPath(`/v2/voices?${query}`)).json() as Promise<VoicePage>;
}

async function names(query: string): Promise<string[]> {
  return (await search(query)).voices.map((voice) => voice.name);
}

test('models is a bare array of models that speak', async () => {
  const models = (await (await fetchPath('/v1/models')).json()) as Record<string, unknown>[];
  expect(models.map((model) => model['model_id'])).toContain('eleven_multilingual_v2');
  expect(models.every((model) => model['can_do_text_to_speech'])).toBe(true);
  expect(models.every((model) => String(model['description']).includes('local stand-in'))).toBe(true);
});

describe('voices', () => {
  test('are listed, and each is got by its id', async () => {
    const { voices } = (await (await fetchPath('/v1/voices')).json()) as VoicePage;
    expect(voices.map((voice) => voice.name)).toEqual(['Russell', 'Selma', 'Alastair', 'Calvin']);
    for (const voice of voices) {
      expect(voice.voice_id).toMatch(/^[A-Za-z0-9]{20}$/);
      expect(await (await fetchPath(`/v1/voices/${voice.voice_id}`)).json()).toEqual(voice);
    }
    expect((await fetchPath('/v1/voices/nobody')).status).toBe(404);
  });

  test('come in pages, each voice once', async () => {
    const seen: string[] = [];
    let token: string | null = '';
    let pages = 0;
    do {
      const page: VoicePage = await search(`page_size=3&next_page_token=${encodeURIComponent(token)}`);
      expect(page.total_count).toBe(4);
      expect(page.has_more).toBe(page.next_page_token !== null);
      seen.push(...page.voices.map((voice) => voice.name));
      token = page.next_page_token;
      pages++;
    } while (token !== null);
    expect(pages).toBe(2);
    expect(seen).toEqual(['Russell', 'Selma', 'Alastair', 'Calvin']);
  });

  test('are found by text, labels and ids, in the order that is asked for', async () => {
    expect(await names('search=SCOTTISH')).toEqual(['Alastair']);
    expect(await names('gender=female')).toEqual(['Selma']);
    expect(await names('sort=name&sort_direction=asc')).toEqual(['Alastair', 'Calvin', 'Russell', 'Selma']);
    expect(await names('sort=name&sort_direction=desc')).toEqual(['Selma', 'Russell', 'Calvin', 'Alastair']);
    expect(await names('voice_type=personal')).toEqual([]);
    expect(await names('voice_ids=kal16UsEnglishMale01&voice_ids=sltUsEnglishFemale01')).toEqual(['Selma', 'Calvin']);
    expect(await names('language=de')).toEqual([]);
  });

  test('refuse a page that is none', async () => {
    expect((await fetchPath('/v2/voices?page_size=0')).status).toBe(422);
    expect((await fetchPath('/v2/voices?page_size=101')).status).toBe(422);
    expect((await fetchPath('/v2/voices?sort=age')).status).toBe(422);
    expect((await fetchPath('/v2/voices?next_page_token=made-up')).status).toBe(400);
  });
});

function makeToken(type: string): Promise<Response> {
  return fetchPath(`/v1/single-use-token/${type}`, { method: 'POST' });
}

test('a single-use token is made for the types that the service knows', async () => {
  const first = (await (await makeToken('tts_websocket')).json()) as { token: string };
  const second = (await (await makeToken('tts_websocket')).json()) as { token: string };
  expect(first.token).toMatch(/^sutkn_\w{20}$/);
  expect(second.token).not.toBe(first.token);
  expect((await makeToken('everything')).status).toBe(422);
});
