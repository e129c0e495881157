import { describe, expect, test } from 'vitest';
import { TextBuffer } from '../../demo/speech-server/sockets/text-buffer.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { randomText } from './support/random-text.ts';

/** A sentence of `length` characters, its full stop and its space included. */
function sentence(length: number): string {
  return `A${'word '.repeat(length).slice(0, length - 8)} ends. `;
}

function due(text: string, buffer = new TextBuffer(false)): string[] {
  buffer.add(text);
  return buffer.takeDue();
}

describe('by the schedule', () => {
  test('nothing is due below the first threshold', () => {
    expect(due(sentence(60) + sentence(57))).toEqual([]);
  });

  test('the complete sentences are due once it is reached', () => {
    const [first, second] = [sentence(60), sentence(50)];
    expect(due(`${first}${second}And then, well`)).toEqual([first + second]);
  });

  test('a sentence that ends past the threshold is spoken to its end', () => {
    const [first, second] = [sentence(60), sentence(90)];
    expect(due(`${first}${second}Next`)).toEqual([first + second]);
  });

  test('without a sentence end the last clause is due', () => {
    const clause = `${'word '.repeat(18)}here, `;
    expect(due(`${clause}${'and '.repeat(8)}so`)).toEqual([clause]);
  });

  test('without a clause all but the last word is due, half as much again later', () => {
    expect(due(`${'word '.repeat(34)}unfin`)).toEqual([]);
    expect(due(`${'word '.repeat(35)}unfin`)).toEqual(['word '.repeat(35)]);
  });

  test('a word without an end is waited for', () => {
    const buffer = new TextBuffer(false);
    expect(due('a'.repeat(600), buffer)).toEqual([]);
    expect(due(' then', buffer)).toEqual([`${'a'.repeat(600)} `]);
  });

  test('every generation has its own threshold, the last one for all that follow', () => {
    const buffer = new TextBuffer(false);
    buffer.reschedule([50, 100]);
    expect(due(sentence(50), buffer)).toHaveLength(1);
    expect(due(sentence(80), buffer)).toHaveLength(0);
    expect(due(sentence(30), buffer)).toHaveLength(1);
    expect(due(sentence(80), buffer)).toHaveLength(0);
    expect(due(sentence(30), buffer)).toHaveLength(1);
  });

  test.each(['Dr. ', 'No. ', 'e.g. '])('%s is no end of a sentence', (abbreviation) => {
    const first = sentence(70);
    expect(due(`${first}A ${'word '.repeat(15)}${abbreviation}`)).toEqual([first]);
  });
});

describe('on request', () => {
  test('a trigger speaks up to the last white space from 50 characters on', () => {
    const buffer = new TextBuffer(false);
    buffer.add('Forty-nine characters are not enough to be spoken');
    expect(buffer.takeTriggered()).toEqual([]);
    buffer.add(' yet unfin');
    expect(buffer.takeTriggered()).toEqual(['Forty-nine characters are not enough to be spoken yet ']);
    buffer.add('ished');
    expect(buffer.flush()).toEqual(['unfinished']);
  });

  test('a flush speaks all that is held, and nothing where nothing is', () => {
    const buffer = new TextBuffer(false);
    buffer.add('Half a wo');
    expect(buffer.flush()).toEqual(['Half a wo']);
    expect(buffer.flush()).toEqual([]);
  });

  test('a long flush is spoken in generations that end with sentences', () => {
    const buffer = new TextBuffer(true);
    const text = sentence(100).repeat(12);
    buffer.add(text);
    const generations = buffer.flush();
    expect(generations.join('')).toBe(text);
    expect(generations.every((part) => part.length <= 500 && part.endsWith('. '))).toBe(true);
  });

  test('what holds nothing to say waits for what follows', () => {
    const buffer = new TextBuffer(false);
    buffer.add('… 👋 ');
    expect(buffer.flush()).toEqual([]);
    buffer.add('Hello.');
    expect(buffer.flush()).toEqual(['… 👋 Hello.']);
  });
});

describe('a space alone', () => {
  test('is nothing where nothing is held', () => {
    const buffer = new TextBuffer(false);
    buffer.add(' ');
    buffer.add('Hello. ');
    buffer.add(' ');
    expect(buffer.flush()).toEqual(['Hello. ']);
  });

  test('parts words', () => {
    const buffer = new TextBuffer(false);
    for (const token of ['Hello', ' ', ' ', 'there']) buffer.add(token);
    expect(buffer.flush()).toEqual(['Hello there']);
  });
});

describe('in auto mode', () => {
  test('every sentence is due when it has ended', () => {
    const buffer = new TextBuffer(true);
    expect(due('It costs $3.', buffer)).toEqual([]);
    expect(due('50 at Dr. Smith', buffer)).toEqual([]);
    expect(due('. Really? Ye', buffer)).toEqual(['It costs $3.50 at Dr. Smith. ', 'Really? ']);
  });

  test('of a long sentence the clauses are due', () => {
    const clause = `${'word '.repeat(18)}here, `;
    expect(due(`${clause}${'and '.repeat(8)}so`, new TextBuffer(true))).toEqual([clause]);
  });

  test('a sentence without clauses is due before it is too long for the engine', () => {
    expect(due(`${'word '.repeat(49)}unfin`, new TextBuffer(true))).toEqual(['word '.repeat(49)]);
  });
});

test.each([false, true])('whatever comes goes out as it came, cut behind white space (auto mode: %s)', (isAutoMode) => {
  const { next: random } = seededRandom(7);
  for (let run = 0; run < 60; run++) {
    const text = Array.from({ length: 12 }, () => randomText(random)).join('');
    const buffer = new TextBuffer(isAutoMode);
    const taken: string[] = [];
    for (let position = 0; position < text.length;) {
      // A space alone is the keep-alive.
      const length = Math.max(1 + Math.floor(random() * 40), text[position] === ' ' ? 2 : 1);
      buffer.add(text.slice(position, position + length));
      position += length;
      taken.push(...buffer.takeDue(), ...(random() < 0.2 ? buffer.takeTriggered() : []));
    }
    expect(taken.every((part) => /\s$/.test(part))).toBe(true);
    const all = [...taken, ...buffer.flush()].join('');
    expect(text.startsWith(all)).toBe(true);
    expect(text.slice(all.length)).not.toMatch(/[a-z0-9]/i);
  }
});
