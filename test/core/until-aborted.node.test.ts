import { describe, expect, test } from 'vitest';
import { untilAborted } from '../../src/core/until-aborted.ts';
import { rejection } from '../support/rejection.ts';

/** An iterator whose values are told by hand, and what was asked of it. */
class HandSource implements AsyncIterable<string> {
  readonly asked: string[] = [];
  answer: (result: IteratorResult<string>) => void = () => {};
  fail: (error: unknown) => void = () => {};

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => {
        this.asked.push('next');
        return new Promise((resolve, reject) => {
          this.answer = resolve;
          this.fail = reject;
        });
      },
      return: async () => {
        this.asked.push('return');
        throw new Error('The end of a source that is left is nobody’s concern.');
      },
    };
  }
}

const never = new AbortController().signal;

describe('untilAborted', () => {
  test('gives every value, and does not tell a source to return that has ended', async () => {
    const source = new HandSource();
    const values = untilAborted(source, never);
    const first = values.next();
    source.answer({ done: false, value: 'a' });
    expect(await first).toEqual({ done: false, value: 'a' });
    const second = values.next();
    source.answer({ done: true, value: undefined });
    expect(await second).toEqual({ done: true, value: undefined });
    expect(source.asked).toEqual(['next', 'next']);
  });

  test('leaves a silent source at once, with the reason, and tells it to return', async () => {
    const source = new HandSource();
    const controller = new AbortController();
    const first = untilAborted(source, controller.signal).next();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await rejection(first)).toBe(reason);
    expect(source.asked).toEqual(['next', 'return']);
    // What it says then is heard by nobody, and is no unhandled rejection.
    source.fail(new Error('late'));
  });

  test('asks nothing of a source once it is aborted', async () => {
    const source = new HandSource();
    expect(await rejection(untilAborted(source, AbortSignal.abort('gone')).next())).toBe('gone');
    expect(source.asked).toEqual(['return']);
    const controller = new AbortController();
    const values = untilAborted(source, controller.signal);
    const first = values.next();
    source.answer({ done: false, value: 'a' });
    await first;
    controller.abort('gone');
    expect(await rejection(values.next())).toBe('gone');
    expect(source.asked).toEqual(['return', 'next', 'return']);
  });

  test('tells the source to return when its reader leaves', async () => {
    const source = new HandSource();
    for await (const value of untilAborted(
      (async function* () {
        try {
          yield 'a';
          yield 'b';
        } finally {
          source.asked.push('return');
        }
      })(),
      never,
    )) {
      expect(value).toBe('a');
      break;
    }
    expect(source.asked).toEqual(['return']);
  });

  test('passes on what the source throws', async () => {
    const source = new HandSource();
    const first = untilAborted(source, never).next();
    const error = new Error('no more tokens');
    source.fail(error);
    expect(await rejection(first)).toBe(error);
  });

  test('waits for no source that can not return', async () => {
    const source: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const controller = new AbortController();
    const first = untilAborted(source, controller.signal).next();
    controller.abort('gone');
    expect(await rejection(first)).toBe('gone');
  });
});
