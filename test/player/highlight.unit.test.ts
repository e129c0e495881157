import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { highlight } from '../../src/player/highlight.ts';
import { nodesOf } from '../support/nodes-of.ts';
import { SilentPlayback } from '../support/silent-playback.ts';

// happy-dom has no CSS custom highlights, so words are lit by spans here.
const element = document.createElement('div');
const markup = '<p>He<b>llo</b> <a href="#x">world</a> again</p>';

const lit = (): string[] => [...element.querySelectorAll('.saylight-word')].map((span) => span.textContent);
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  element.innerHTML = markup;
  document.body.append(element);
});
afterEach(() => element.remove());

describe('highlight, by spans', () => {
  it('wraps the word that is heard, in each of its nodes, and no other', () => {
    const playback = new SilentPlayback('Hello world again');
    const light = highlight(playback, element);
    playback.hear(0);
    expect(lit()).toEqual(['He', 'llo']);
    expect(light.word?.text).toBe('Hello');
    playback.hear(1);
    expect(lit()).toEqual(['world']);
    playback.hear(2);
    expect(lit()).toEqual(['again']);
    expect(element.textContent).toBe('Hello world again');
    light.close();
  });

  it('puts back the very nodes that were there', () => {
    const nodes = nodesOf(element);
    const data = nodes.map((node) => node.nodeValue);
    const playback = new SilentPlayback('Hello world again');
    const light = highlight(playback, element);
    for (const index of [0, 1, 2]) playback.hear(index);
    playback.endWord(2);
    expect(element.innerHTML).toBe(markup);
    playback.hear(1);
    light.close();
    const restored = nodesOf(element);
    expect(restored.length).toBe(nodes.length);
    expect(restored.every((node, index) => node === nodes[index])).toBe(true);
    expect(restored.map((node) => node.nodeValue)).toEqual(data);
  });

  it('keeps adjacent and empty text nodes of the page apart', () => {
    const nodes = ['One t', '', 'wo thr', 'ee'].map((data) => document.createTextNode(data));
    element.replaceChildren(...nodes);
    const playback = new SilentPlayback('One two three');
    const light = highlight(playback, element);
    playback.hear(1);
    expect(lit()).toEqual(['t', 'wo']);
    light.close();
    expect([...element.childNodes].every((node, index) => node === nodes[index])).toBe(true);
    expect(nodes.map((node) => node.data)).toEqual(['One t', '', 'wo thr', 'ee']);
  });

  it('lets the page write to a node whose word is lit, and lights the word again', async () => {
    element.innerHTML = '<p>Hello world</p>';
    const node = element.querySelector('p')!.firstChild as Text;
    const playback = new SilentPlayback('Hello world');
    const light = highlight(playback, element);
    playback.hear(1);
    node.data = 'Well: Hello world';
    await settled();
    expect(lit()).toEqual(['world']);
    expect(element.textContent).toBe('Well: Hello world');
    light.close();
    expect(element.innerHTML).toBe('<p>Well: Hello world</p>');
  });

  it('lets the page remove the node that it made while its word is lit', () => {
    element.innerHTML = '<p>Hello world</p>';
    const paragraph = element.querySelector('p')!;
    const node = paragraph.firstChild!;
    const playback = new SilentPlayback('Hello world');
    const light = highlight(playback, element);
    playback.hear(0);
    paragraph.removeChild(node);
    paragraph.append('Hello world');
    playback.hear(1);
    expect(lit()).toEqual(['world']);
    light.close();
    expect(element.innerHTML).toBe('<p>Hello world</p>');
  });
});

describe('Highlighter.matched', () => {
  it('sees a change of the same task while a word is lit', () => {
    const playback = new SilentPlayback('Hello world again');
    using light = highlight(playback, element);
    playback.hear(1);
    element.append(' and more');
    expect(light.matched).toBe(true);
    expect(lit()).toEqual(['world']);
    playback.hear(0);
    expect(lit()).toEqual(['He', 'llo']);
    element.replaceChildren('Gone');
    expect(light.matched).toBe(false);
    expect(light.word).toBeUndefined();
  });
});

describe('highlight, by spans on nodes that two share', () => {
  it.each(['the same element', 'an element inside', 'an element around'])(
    'closes the older one on %s',
    async (place) => {
      const inner = element.querySelector('p')!;
      const [older, newer] = { 'an element inside': [element, inner], 'an element around': [inner, element] }[
        place
      ] ?? [element, element];
      const paused = new SilentPlayback('Hello world again');
      const playback = new SilentPlayback('Hello world again');
      const first = highlight(paused, older!);
      paused.hear(1);
      const second = highlight(playback, newer!);
      playback.hear(1);
      paused.hear(2);
      await settled();
      expect(first.word).toBeUndefined();
      expect(lit()).toEqual(['world']);
      second.close();
      expect(element.innerHTML).toBe(markup);
    },
  );

  it('leaves one on another element alone', () => {
    element.innerHTML = '<p>Hello</p><p>world</p>';
    const [left, right] = [...element.children];
    const playbacks = [new SilentPlayback('Hello'), new SilentPlayback('world')];
    using first = highlight(playbacks[0]!, left!);
    using second = highlight(playbacks[1]!, right!);
    for (const playback of playbacks) playback.hear(0);
    expect([first.word?.text, second.word?.text]).toEqual(['Hello', 'world']);
    expect(lit()).toEqual(['Hello', 'world']);
  });
});

describe('highlight', () => {
  it.each(['textarea', 'input', 'select'])('refuses a <%s>', (name) => {
    const control = document.createElement(name);
    expect(() => highlight(new SilentPlayback('Hello'), control)).toThrow(TypeError);
    expect(() => highlight(new SilentPlayback('Hello'), control)).toThrow(`<${name}>`);
  });

  it('lights nothing and says so when the element lacks the text', () => {
    const playback = new SilentPlayback('Another text');
    using light = highlight(playback, element);
    playback.hear(0);
    expect(lit()).toEqual([]);
    expect(light.word).toBeUndefined();
    expect(light.matched).toBe(false);
  });

  it('lights the word that is heard already', () => {
    const playback = new SilentPlayback('Hello world again');
    playback.hear(1);
    using light = highlight(playback, element);
    expect(light.word?.text).toBe('world');
    expect(lit()).toEqual(['world']);
  });

  it('unlights a word at its own end only', () => {
    const playback = new SilentPlayback('Hello world again');
    using light = highlight(playback, element);
    playback.hear(0);
    playback.hear(1);
    playback.endWord(0);
    expect(light.word?.text).toBe('world');
    playback.endWord(1);
    expect(light.word).toBeUndefined();
    expect(lit()).toEqual([]);
  });

  it.each(['ended', 'stopped', 'failed'] as const)('unlights when the playback has %s', (state) => {
    const playback = new SilentPlayback('Hello world again');
    using light = highlight(playback, element);
    playback.hear(0);
    playback.enter(state);
    expect(light.word).toBeUndefined();
    expect(lit()).toEqual([]);
  });

  it.each(['paused', 'buffering', 'suspended', 'playing'] as const)(
    'keeps the word while the playback is %s',
    (state) => {
      const playback = new SilentPlayback('Hello world again');
      using light = highlight(playback, element);
      playback.hear(0);
      playback.enter(state);
      expect(light.word?.text).toBe('Hello');
    },
  );

  it('hears nothing after it is closed, and may be closed twice', () => {
    const playback = new SilentPlayback('Hello world again');
    const light = highlight(playback, element);
    light.close();
    light.close();
    playback.hear(0);
    expect(light.word).toBeUndefined();
    expect(element.innerHTML).toBe(markup);
  });

  it('follows a text that grows, shown before it was sent or after', async () => {
    element.innerHTML = '<p></p>';
    const paragraph = element.querySelector('p')!;
    const playback = new SilentPlayback('Hello');
    using light = highlight(playback, element);
    expect(light.matched).toBe(false);
    paragraph.append('Hello');
    expect(light.matched).toBe(true);
    playback.hear(0);
    expect(lit()).toEqual(['Hello']);
    playback.text += ' world';
    playback.hear(1);
    expect(light.word).toBeUndefined();
    paragraph.append(' world again');
    await settled();
    expect(lit()).toEqual(['world']);
    playback.text += ' again';
    playback.hear(2);
    expect(lit()).toEqual(['again']);
    expect(light.matched).toBe(true);
    expect(paragraph.textContent).toBe('Hello world again');
  });
});
