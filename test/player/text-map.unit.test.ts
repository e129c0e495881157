import { beforeEach, describe, expect, it } from 'vitest';
import { flattenText, mapText, textNodesOf } from '../../src/player/text-map.ts';

const element = document.createElement('div');

beforeEach(() => element.replaceChildren());

/** The parts of nodes that show a word of the sent text. */
function partsOf(sent: string, word: string): (readonly [node: Node, text: string])[] | undefined {
  const start = sent.indexOf(word);
  const parts = mapText(element, sent)?.partsOf(start, start + word.length);
  return parts?.map((part) => [part.node, part.node.data.slice(part.start, part.end)] as const);
}

const textOf = (sent: string, word: string): string | undefined =>
  partsOf(sent, word)
    ?.map(([, text]) => text)
    .join('');

const firstIn = (selector: string): Node => element.querySelector(selector)!.firstChild!;

describe('mapText', () => {
  it('gives a part of each node in which a word lies', () => {
    element.innerHTML = '<p>He<b>llo</b> <a>world</a></p>';
    const parts = partsOf('Hello world', 'Hello')!;
    expect(parts.map(([, text]) => text)).toEqual(['He', 'llo']);
    expect(parts[0]![0]).toBe(firstIn('p'));
    expect(parts[1]![0]).toBe(firstIn('b'));
    expect(partsOf('Hello world', 'world')![0]![0]).toBe(firstIn('a'));
  });

  it('gives no part of the nodes that touch a word, nor of empty ones in it', () => {
    element.innerHTML = '<b>One</b><i>tw</i><i>o</i><u>three</u>';
    element.querySelector('i')!.append('', '');
    expect(partsOf('One two three', 'two')!.map(([, text]) => text)).toEqual(['tw', 'o']);
  });

  it('finds a text across blocks and line breaks', () => {
    element.innerHTML = '<h2>Title</h2><p>One</p><!-- and --><p>two<br>three</p>';
    expect(textOf('One\ntwo three', 'three')).toBe('three');
  });

  it('passes over what is not read aloud', () => {
    element.innerHTML =
      '<script type="a/b">"One two three"</script><style>p{}</style>One <span aria-hidden="true">icon</span>' +
      '<span hidden>not</span><ruby>two<rt>zwei</rt></ruby> three';
    expect(partsOf('One two three', 'two')![0]![0]).toBe(firstIn('ruby'));
    expect(partsOf('One two three', 'One')![0]![0].parentNode).toBe(element);
  });

  it('finds a text that was taken from textContent with all that is hidden', () => {
    element.innerHTML = 'One <span hidden>secret</span> two';
    const sent = element.textContent;
    expect(textOf(sent, 'secret')).toBe('secret');
    expect(textOf(sent, 'two')).toBe('two');
  });

  it('gives no map of an element that lacks the text', () => {
    element.textContent = 'Something else';
    expect(mapText(element, 'Hello world')).toBeUndefined();
  });

  it('agrees with the element on every word of 20,000 in one node', () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `w${index % 97}`);
    element.textContent = words.join('\n  ');
    const map = mapText(element, words.join(' '))!;
    let sentStart = 0;
    let shownStart = 0;
    let wrong = 0;
    for (const { length } of words) {
      const [part] = map.partsOf(sentStart, sentStart + length);
      if (part?.start !== shownStart || part.end !== shownStart + length) wrong += 1;
      sentStart += length + 1;
      shownStart += length + 3;
    }
    expect(wrong).toBe(0);
  });
});

describe('flattenText', () => {
  it('parts nodes by a line feed and tells where each begins', () => {
    element.innerHTML = 'a<b></b><i>bc</i>d';
    const nodes = textNodesOf(element);
    expect(flattenText(nodes)).toEqual({ text: 'a\nbc\nd', starts: [0, 2, 5] });
    expect(flattenText([])).toEqual({ text: '', starts: [] });
  });
});
