import { describe, expect, test } from 'vitest';
import { parseSocketFrame } from '../../../src/core/parse-socket-frame.ts';
import { frameForPage } from '../../../src/edge/sockets/frame-for-page.ts';

const warn = (): void => {};

/** What the page reads of an error of the service's. */
function told(wire: object): Record<string, unknown> {
  return JSON.parse(frameForPage(JSON.stringify(wire))) as Record<string, unknown>;
}

describe('a frame of the service’s', () => {
  test.each([
    '{"audio":"AAAA","isFinal":null,"alignment":null,"contextId":"c"}',
    '{ "audio" : "AAAA", "error": "x" }',
    '{"contextId":"c","audio":"AAAA"}',
    '{"audio":null,"isFinal":true,"alignment":null,"normalizedAlignment":null}',
    '{"isFinal":true,"contextId":"c"}',
    '{"audio":"","is_final":true,"code":1000}',
    '{"alignment":{"chars":[]},"message":"x"}',
    '{"normalized_alignment":{"chars":[]}}',
    `{"contextId":"c","audio":"${'A'.repeat(5000)}"`,
  ])('that holds audio, timing or an end is passed on as it is: %.50s', (frame) => {
    expect(frameForPage(frame)).toBe(frame);
  });

  test('that tells of an error keeps its code and its context, and none of its words', () => {
    const wire = { message: 'secret', error: 'input_timeout_exceeded', code: 1008, contextId: 'c', more: 'secret' };
    expect(told(wire)).toEqual({
      message: expect.not.stringContaining('secret') as string,
      error: 'input_timeout_exceeded',
      code: 1008,
      contextId: 'c',
    });
    expect(told({ error: 'invalid_message', context_id: 'c' })).toMatchObject({ context_id: 'c', code: 1011 });
    expect(told({ error: 'invalid_message', contextId: { a: 1 } })).not.toHaveProperty('contextId');
  });

  test.each([
    [{ error: 'max_active_conversations' }, 'max_active_conversations', 'rate-limited'],
    [{ detail: { status: 'voice_not_found', message: 'x' } }, 'voice_not_found', 'not-found'],
    [{ error: { type: 'invalid_voice_settings' } }, 'invalid_voice_settings', 'invalid-request'],
    [{ type: 'error', code: 'system_busy' }, 'system_busy', 'rate-limited'],
    [{ message: 'anything' }, 'upstream_failed', 'server'],
    [{ status: 'error' }, 'upstream_failed', 'server'],
    [{ code: 1011 }, 'upstream_failed', 'server'],
    [{ error: 'new_error', isFinal: true }, 'upstream_failed', 'server'],
  ])('that says %j is read as one of a closed list', (wire, error, code) => {
    expect(told(wire)).toMatchObject({ error });
    expect(parseSocketFrame(frameForPage(JSON.stringify(wire)), warn).error?.code).toBe(code);
  });

  test.each([
    { error: 'invalid_api_key', message: 'Key sk_1 is bad.' },
    { error: 'needs_authorization' },
    { detail: { status: 'missing_permissions' } },
    { error: 'Invalid API key' },
    { detail: 'unauthorized' },
    { error: 'quota_exceeded' },
    { error: 'detected_unusual_activity' },
  ])('that is about the gateway’s account says that the gateway is refused: %j', (wire) => {
    expect(told({ ...wire, code: 1008 })).toMatchObject({ error: 'upstream_refused', code: 4502 });
  });

  test('that is no JSON, or no object, tells of a failure', () => {
    for (const frame of ['', '<h1>sk_1</h1>', '[]', 'null', '"sk_1"', '{"audio":', 'x'.repeat(1e6)]) {
      const page = frameForPage(frame);
      expect(page).not.toContain('sk_1');
      expect(JSON.parse(page)).toMatchObject({ error: 'upstream_failed' });
    }
  });

  test('without audio is read however long it is', () => {
    expect(told({ error: 'invalid_api_key', message: `sk_1 \\"audio\\" ${'x'.repeat(1e6)}` })).toMatchObject({
      error: 'upstream_refused',
    });
  });
});
