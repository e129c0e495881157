import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation, highlight, type Playback } from '../../src/player/index.ts';
import { createGate } from '../support/gate.ts';
import { tokensOf } from '../support/heard-speech.ts';
import { untilWord } from '../support/heard-words.ts';
import { service } from '../support/local-speech.ts';
import { createTappedPlayer, type TappedPlayer } from '../support/tapped-player.ts';

const text = 'Hello there. It costs $5 today, everybody.';
const words = ['Hello', 'there', 'It', 'costs', '$5', 'today', 'everybody'];

let tapped: TappedPlayer;
let element: HTMLElement;

beforeEach(async () => {
  tapped = await createTappedPlayer();
  element = document.createElement('p');
  document.body.append(element);
});

afterEach(async () => {
  await tapped.close();
  element.remove();
});

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The text that is lit in an element. */
function litText(within: Node = element): string | undefined {
  const ranges = [...((CSS.highlights.get('saylight-word') ?? []) as Iterable<Range>)];
  return ranges.find(({ startContainer }) => within.contains(startContainer))?.toString();
}

/** What is lit with each word. */
function recordLit(playback: Playback, within?: Node): readonly (string | undefined)[] {
  const lit: (string | undefined)[] = [];
  playback.addEventListener('word', () => lit.push(litText(within)));
  return lit;
}

/** How a page shows a text while it is written: ahead of the player, or behind it, by any way to change an element. */
const pages: readonly (readonly [name: string, pieces: () => AsyncGenerator<string>])[] = [
  [
    'a text node that grows before each token is spoken',
    async function* () {
      const node = element.appendChild(new Text());
      for await (const token of tokensOf(text)) {
        node.appendData(token);
        yield token;
      }
    },
  ],
  [
    'a text node for each token, after it was taken',
    async function* () {
      for await (const token of tokensOf(text)) {
        yield token;
        element.append(token);
      }
    },
  ],
  [
    'an element that is filled anew with each token',
    async function* () {
      let shown = '';
      for await (const token of tokensOf(text)) {
        shown += token;
        element.innerHTML = `<b>${shown.slice(0, 8)}</b>${shown.slice(8)}`;
        yield token;
      }
    },
  ],
  [
    'an element that is filled once a frame',
    async function* () {
      let shown = '';
      const show = (): void => {
        if (element.textContent !== shown) element.textContent = shown;
        if (element.isConnected) requestAnimationFrame(show);
      };
      requestAnimationFrame(show);
      for await (const token of tokensOf(text)) {
        shown += token;
        yield token;
      }
    },
  ],
  [
    'an element that holds all of it from the start',
    async function* () {
      element.textContent = text;
      yield* tokensOf(text);
    },
  ],
];

describe('the words of a text that is still being written are lit in', () => {
  it.each(pages)('%s', async (_name, pieces) => {
    const playback = tapped.player.speak({ ...service, text: pieces(), autoMode: true });
    using light = highlight(playback, element);
    const lit = recordLit(playback);
    expect(await playback.finished).toBe('ended');
    expect(lit).toEqual(words);
    expect(element.textContent).toBe(text);
    expect(light.matched).toBe(true);
    expect(litText()).toBeUndefined();
  });
});

it('a word stays lit while the text grows after it', async () => {
  const gate = createGate();
  async function* pieces(): AsyncGenerator<string> {
    element.append('Hello there. ');
    yield 'Hello there. ';
    await gate.opened;
    for await (const token of tokensOf('Good night.', 1)) {
      element.append(token);
      yield token;
    }
  }
  const playback = tapped.player.speak({ ...service, text: pieces(), autoMode: true });
  using light = highlight(playback, element);
  const lit = recordLit(playback);
  await untilWord(playback, 'there');
  gate.open();
  let looks = 0;
  for (; playback.currentWord?.text === 'there'; looks += 1) {
    expect(litText()).toBe('there');
    expect(light.word?.text).toBe('there');
    await wait(5);
  }
  expect(looks).toBeGreaterThan(5);
  expect(await playback.finished).toBe('ended');
  expect(lit).toEqual(['Hello', 'there', 'Good', 'night']);
});

it('the turns of a conversation are lit each in its own element', async () => {
  const conversation = createConversation(tapped.player, service);
  const texts = ['Hello there.', 'How are you today?'];
  const playbacks = texts.map((turn) => {
    const paragraph = document.createElement('p');
    element.append(paragraph);
    async function* pieces(): AsyncGenerator<string> {
      for await (const token of tokensOf(turn)) {
        paragraph.append(token);
        yield token;
      }
    }
    const playback = conversation.speak(pieces());
    highlight(playback, paragraph);
    return { playback, paragraph };
  });
  const lit = playbacks.map(({ playback, paragraph }) => recordLit(playback, paragraph));
  await Promise.all(playbacks.map(({ playback }) => playback.finished));
  expect(lit).toEqual([
    ['Hello', 'there'],
    ['How', 'are', 'you', 'today'],
  ]);
  expect(playbacks.map(({ paragraph }) => paragraph.textContent)).toEqual(texts);
});
