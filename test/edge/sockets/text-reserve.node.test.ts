import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../../src/edge/refusal.ts';
import type { Verdict } from '../../../src/edge/limits/speech-limits.ts';
import { TextReserve, type TextReserveOptions } from '../../../src/edge/sockets/text-reserve.ts';
import { rejection } from '../../support/rejection.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A reserve over a budget, and what came of it. */
function reserveOver(budget: number, own: Partial<TextReserveOptions> = {}) {
  const sent: string[] = [];
  const refusals: Refusal[] = [];
  const asked: number[] = [];
  let left = budget;
  const text = new TextReserve({
    charactersPerRequest: Infinity,
    reserve: async (characters) => {
      asked.push(characters);
      await turn();
      if (characters > left) return { admitted: false, reason: 'budget', retryAfter: 9 };
      left -= characters;
      return { admitted: true };
    },
    send: (json) => sent.push(json),
    refuse: (refusal) => {
      refusals.push(refusal);
      text.stop();
    },
    ...own,
  });
  const say = (...texts: readonly string[]): void => {
    for (const one of texts) text.add({ json: one, text: one });
  };
  return { text, say, sent, refusals, asked, left: () => left };
}

async function settled({ asked }: { readonly asked: readonly number[] }): Promise<void> {
  for (let count = -1; count !== asked.length;) {
    count = asked.length;
    for (let at = 0; at < 5; at += 1) await turn();
  }
}

describe('text', () => {
  test('is sent at once where nothing is to be reserved', () => {
    const { say, sent, text } = reserveOver(0, { reserve: undefined });
    say('Hello ', '🦜🦜 ');
    expect(sent).toEqual(['Hello ', '🦜🦜 ']);
    expect(text.sent).toBe(9);
  });

  test('is sent once it is reserved, in order, a call for several messages', async () => {
    const reserve = reserveOver(1000);
    reserve.say('a'.repeat(150), 'b'.repeat(150), 'c');
    expect(reserve.sent).toEqual([]);
    await settled(reserve);
    expect(reserve.sent).toEqual(['a'.repeat(150), 'b'.repeat(150), 'c']);
    // For the first message, and then for all that waits; more than that by what was sent before.
    expect(reserve.asked).toEqual([170, 281]);
    reserve.say('d'.repeat(150));
    expect(reserve.sent).toHaveLength(4);
    expect(reserve.asked).toHaveLength(2);
    expect(reserve.text.sent).toBe(451);
  });

  test('that says nothing is sent without a reserve, but behind what waits', async () => {
    const reserve = reserveOver(1000);
    reserve.say(' ', '', ' ');
    expect(reserve.sent).toEqual([' ', '', ' ']);
    reserve.say('one ', ' ', '');
    expect(reserve.sent).toHaveLength(3);
    await settled(reserve);
    expect(reserve.sent.slice(3)).toEqual(['one ', ' ', '']);
    expect(reserve.text.sent).toBe(4);
  });

  test('that is a space between words counts', () => {
    const { say, text } = reserveOver(0, { reserve: undefined });
    say(' ', 'one', ' ', ' ', 'two', '', ' ');
    expect(text.sent).toBe(8);
  });

  test('of sockets that say little leaves the budget to others', async () => {
    let left = 1000;
    const reserve: TextReserveOptions['reserve'] = async (characters) => {
      if (characters > left) return { admitted: false, reason: 'budget' };
      left -= characters;
      return { admitted: true };
    };
    for (let count = 0; count < 30; count += 1) {
      const { say, sent, refusals } = reserveOver(0, { reserve });
      say('Hey ');
      await turn();
      expect([sent, refusals]).toEqual([['Hey '], []]);
    }
    expect(left).toBeGreaterThan(200);
  });

  test('that goes on costs fewer and fewer calls, for never more than 200 characters ahead', async () => {
    const reserve = reserveOver(10_000);
    for (let count = 0; count < 1000; count += 1) {
      reserve.say('abcd ');
      await settled(reserve);
      expect(10_000 - reserve.left() - reserve.text.sent).toBeLessThanOrEqual(200);
    }
    expect(reserve.text.sent).toBe(5000);
    expect(reserve.asked.slice(0, 3)).toEqual([25, 30, 60]);
    expect(reserve.asked.length).toBeLessThan(30);
  });

  test('is taken from the end of a budget to its last character', async () => {
    const reserve = reserveOver(50);
    reserve.say('a'.repeat(30));
    await settled(reserve);
    reserve.say('b'.repeat(20));
    await settled(reserve);
    expect(reserve.left()).toBe(0);
    expect(reserve.refusals).toEqual([]);
    reserve.say('c');
    await settled(reserve);
    expect(reserve.refusals).toMatchObject([{ code: 'quota_exceeded', status: 402, retryAfter: 9 }]);
    expect(reserve.sent).toHaveLength(2);
    expect(reserve.text.sent).toBe(50);
  });

  test('reserves no more than may be sent at all', async () => {
    const reserve = reserveOver(1000, { charactersPerRequest: 20 });
    reserve.say('a'.repeat(15));
    await settled(reserve);
    expect(reserve.asked).toEqual([20]);
    reserve.say('b'.repeat(5));
    expect(reserve.sent).toHaveLength(2);
    expect(() => reserve.say('c')).toThrow(expect.objectContaining({ code: 'text_too_long' }) as Error);
  });

  test('beyond what one request may hold is refused while the rest still waits', async () => {
    const { say } = reserveOver(1000, { charactersPerRequest: 20 });
    say('a'.repeat(15));
    expect(() => say('b'.repeat(6))).toThrow(expect.objectContaining({ code: 'text_too_long' }) as Error);
  });

  test('is not sent when the limits refuse or fail, nor after the end', async () => {
    const answers: [() => Promise<Verdict>, string][] = [
      [async () => ({ admitted: false, reason: 'concurrency' }), 'too_many_requests'],
      [async () => ({ admitted: false, reason: 'used' }), 'token_used'],
      [() => Promise.reject(new Error('secret')), 'limits_unavailable'],
    ];
    for (const [answer, code] of answers) {
      const { say, sent, refusals } = reserveOver(0, { reserve: answer });
      say('a');
      await turn();
      expect(refusals).toMatchObject([{ code, message: expect.not.stringContaining('secret') as string }]);
      expect(sent).toEqual([]);
    }
    const stopped = reserveOver(1000);
    stopped.say('a');
    stopped.text.stop();
    await settled(stopped);
    expect(stopped).toMatchObject({ sent: [], refusals: [] });
  });

  test('that waits is bounded', async () => {
    const { say } = reserveOver(0, { reserve: () => new Promise(() => {}) });
    say(...Array.from({ length: 4 }, () => 'x'.repeat(65_536)));
    const refused = rejection(Promise.resolve().then(() => say('x')));
    expect(await refused).toMatchObject({ code: 'too_many_requests' });
  });

  test('never costs more than was taken, whatever comes when', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { next: random } = seededRandom(seed);
      const budget = Math.floor(random() * 3000);
      const charactersPerRequest = random() < 0.5 ? Math.floor(random() * 3000) : Infinity;
      const reserve = reserveOver(budget, { charactersPerRequest });
      const said: string[] = [];
      try {
        for (let count = 0; count < 40; count += 1) {
          const text = String.fromCharCode(97 + (count % 26)).repeat(Math.floor(random() * 300));
          reserve.say(text);
          said.push(text);
          if (random() < 0.5) await turn();
          expect(reserve.text.sent).toBeLessThanOrEqual(budget - reserve.left());
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'text_too_long' });
      }
      await settled(reserve);
      const spent = reserve.sent.join('').length;
      expect(reserve.text.sent).toBe(spent);
      expect(spent).toBeLessThanOrEqual(Math.min(budget - reserve.left(), charactersPerRequest));
      expect(reserve.sent).toEqual(said.slice(0, reserve.sent.length));
      // What was not sent would have gone beyond the budget.
      const unsent = said[reserve.sent.length];
      if (unsent !== undefined) expect(spent + unsent.length).toBeGreaterThan(budget);
    }
  });
});
