import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OutgoingSpeech } from '../../src/core/outgoing-speech.ts';
import { OutgoingText } from '../../src/core/outgoing-text.ts';
import { multiStreamInput, streamInput, type SocketDialect } from '../../src/core/socket-dialect.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const begin = { text: ' ', context_id: 'a' };
const flush = { context_id: 'a', flush: true };
const close = { context_id: 'a', close_context: true };
const keepAlive = { context_id: 'a', text: '' };

/** A speech of a text that is whole, unless it `isOpen`, and the service's part in it. */
function newOutgoing(said: string, { isOpen = false, dialect = multiStreamInput }: OutgoingManner = {}) {
  const text = new OutgoingText({ mode: 'word', locale: 'en' });
  const service = { isTimed: true, hasAllWords: false };
  const wake = vi.fn<() => void>();
  const outgoing = new OutgoingSpeech({ id: 'a', voice: {}, text, wake, heard: () => service });
  text.append(said);
  let isEnded = !isOpen;
  if (isEnded) text.release();

  function takeAll(): object[] {
    const messages: object[] = [];
    for (;;) {
      const isDue = text.isDue || (isEnded && outgoing.mayEnd);
      const taken = outgoing.take(dialect, {}, isDue, isEnded);
      if (taken.length === 0) return messages;
      messages.push(...taken);
    }
  }
  function end(): void {
    text.release();
    isEnded = true;
  }
  function hear(hasAllWords: boolean, isTimed = true): void {
    Object.assign(service, { isTimed, hasAllWords });
    outgoing.hear();
  }
  return { outgoing, text, wake, takeAll, end, hear };
}

interface OutgoingManner {
  readonly isOpen?: boolean;
  readonly dialect?: SocketDialect;
}

describe('the end of a context', () => {
  test('is told once the last word has begun', () => {
    const { outgoing, wake, takeAll, hear } = newOutgoing('Hello there. ');
    expect(takeAll()).toEqual([begin, { text: 'Hello there. ', context_id: 'a' }, flush]);
    expect(outgoing).toMatchObject({ isLast: true, mayEnd: false });
    hear(false);
    expect(takeAll()).toEqual([]);
    expect(wake).not.toHaveBeenCalled();
    hear(true);
    expect(wake).toHaveBeenCalledOnce();
    expect(outgoing.mayEnd).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(takeAll()).toEqual([close]);
    expect(outgoing).toMatchObject({ isLast: true, mayEnd: false });
    hear(true);
    expect(takeAll()).toEqual([]);
    expect(wake).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [10, true],
    [2, false],
  ])('is told after %i s in which nothing came, where timing is told: %s', (seconds, isTimed) => {
    const { wake, takeAll, hear } = newOutgoing('Hello');
    takeAll();
    for (let count = 0; count < 5; count += 1) {
      vi.advanceTimersByTime(1000 * seconds - 1);
      hear(false, isTimed);
    }
    expect(takeAll()).toEqual([]);
    vi.advanceTimersByTime(1000 * seconds - 1);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledOnce();
    expect(takeAll()).toEqual([close]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is told after ten seconds of a service that says nothing at all', () => {
    const { wake, takeAll } = newOutgoing('Hello');
    takeAll();
    vi.advanceTimersByTime(9999);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(takeAll()).toEqual([close]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is unanswered from a flush of words to what comes next', () => {
    const { outgoing, text, takeAll, hear } = newOutgoing('…', { isOpen: true });
    text.mark({ flush: true }, true);
    takeAll();
    expect(outgoing.isUnanswered).toBe(false);
    text.append(' Hello');
    text.mark({ flush: true }, true);
    takeAll();
    expect(outgoing.isUnanswered).toBe(true);
    hear(false);
    expect(outgoing.isUnanswered).toBe(false);
  });

  test('follows what is flushed with the last text without another flush', () => {
    const { outgoing, text, takeAll, end, hear } = newOutgoing('Hello there', { isOpen: true });
    text.mark({ flush: true }, true);
    expect(takeAll()).toEqual([begin, { text: 'Hello there ', flush: true, context_id: 'a' }]);
    end();
    expect(takeAll()).toEqual([]);
    expect(outgoing).toMatchObject({ isLast: true, mayEnd: false });
    hear(true);
    expect(takeAll()).toEqual([close]);
  });

  test('is told at once where all that was flushed has begun', () => {
    const { outgoing, text, takeAll, end, hear } = newOutgoing('Hello there', { isOpen: true });
    text.mark({ flush: true }, true);
    takeAll();
    hear(true);
    expect(outgoing).toMatchObject({ isLast: false, mayEnd: true });
    text.append(' …');
    expect(takeAll()).toEqual([{ text: ' ', context_id: 'a' }]);
    end();
    expect(takeAll()).toEqual([{ text: '… ', context_id: 'a' }, close]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not cut off what has begun without a flush', () => {
    const { text, takeAll, end, hear } = newOutgoing('Hello there. ', { isOpen: true });
    text.mark({ flush: true }, true);
    text.append('How are you? ');
    takeAll();
    hear(true);
    end();
    expect(takeAll()).toEqual([flush, close]);
  });

  test.each(['', ' ', '…', '“—!”'])('is told at once where there is nothing to say: %j', (said) => {
    const { outgoing, takeAll, hear } = newOutgoing(said);
    hear(true);
    expect(takeAll().at(-1)).toEqual(close);
    expect(outgoing).toMatchObject({ isLast: true, mayEnd: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer behind when nothing more goes over the connection', () => {
    const { outgoing, wake, takeAll, hear } = newOutgoing('Hello');
    outgoing.stop();
    takeAll();
    hear(false);
    expect(vi.getTimerCount()).toBe(1);
    outgoing.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(wake).not.toHaveBeenCalled();
  });
});

test('stream-input is told its end at once, be it flushed or not', () => {
  for (const fields of [{}, { flush: true }]) {
    const { outgoing, text, takeAll, end } = newOutgoing('Hello ', { isOpen: true, dialect: streamInput });
    text.mark(fields, true);
    end();
    expect(takeAll()).toEqual([{ text: ' ' }, { text: 'Hello ', ...fields }, { text: '' }]);
    expect(outgoing).toMatchObject({ isBegun: true, isLast: true, mayEnd: false });
    expect(vi.getTimerCount()).toBe(0);
  }
});

test('what comes before the end is told restarts no wait', () => {
  const { outgoing, wake, takeAll, hear } = newOutgoing('Hello ', { isOpen: true });
  expect(outgoing).toMatchObject({ isBegun: false, isLast: false, mayEnd: true });
  takeAll();
  hear(true);
  expect(outgoing).toMatchObject({ isBegun: true, isLast: false, mayEnd: true });
  expect(wake).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('silence is bridged between the flush and the end, and not behind it', () => {
  const { outgoing, takeAll, hear } = newOutgoing('Hello');
  const silence = (): object[] => {
    outgoing.tick();
    outgoing.tick();
    return takeAll();
  };
  takeAll();
  expect(silence()).toEqual([keepAlive]);
  hear(false);
  expect(silence()).toEqual([keepAlive]);
  hear(true);
  outgoing.tick();
  outgoing.tick();
  expect(takeAll()).toEqual([keepAlive, close]);
  expect(silence()).toEqual([]);
});
