import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { highlight } from '../../src/player/highlight.ts';
import { nodesOf } from '../support/nodes-of.ts';
import { SilentPlayback } from '../support/silent-playback.ts';

const name = 'saylight-word';
const markup = '<p>He<b>llo</b> <a href="#there">world</a>, <i>hello</i> again</p>';
const text = 'Hello world, hello again';
const element = document.createElement('div');

const lit = (key = name): string[] => [...(CSS.highlights.get(key) ?? [])].map((range) => (range as Range).toString());
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function paintOf(target: Element, key = name): { background: string; color: string } {
  const { backgroundColor, color } = getComputedStyle(target, `::highlight(${key})`);
  return { background: backgroundColor, color };
}

beforeEach(() => {
  element.innerHTML = markup;
  document.body.append(element);
});
afterEach(() => {
  element.remove();
  expect(CSS.highlights.size).toBe(0);
});

describe('highlight, by CSS custom highlights', () => {
  it('lights each word by one range and changes no node', () => {
    const nodes = nodesOf(element);
    const changes = new MutationObserver(() => undefined);
    changes.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
    const playback = new SilentPlayback(text);
    const light = highlight(playback, element);
    const seen = playback.words.map((word) => {
      playback.hear(word.index);
      return lit();
    });
    expect(seen).toEqual([['Hello'], ['world'], ['hello'], ['again']]);
    playback.endWord(3);
    expect(lit()).toEqual([]);
    light.close();
    expect(changes.takeRecords()).toEqual([]);
    changes.disconnect();
    expect(element.innerHTML).toBe(markup);
    const after = nodesOf(element);
    expect(after.length).toBe(nodes.length);
    expect(after.every((node, index) => node === nodes[index])).toBe(true);
  });

  it('leaves a link in a lit word to work', () => {
    const playback = new SilentPlayback(text);
    using light = highlight(playback, element);
    playback.hear(1);
    element.querySelector('a')!.click();
    expect(location.hash).toBe('#there');
    expect(light.word?.text).toBe('world');
    history.replaceState(null, '', location.pathname + location.search);
  });

  it('shares a name between highlighters, and the last one to close takes it out', () => {
    const other = document.createElement('p');
    other.textContent = 'Other words';
    element.append(other);
    const first = new SilentPlayback(text);
    const second = new SilentPlayback('Other words');
    const firstLight = highlight(first, element);
    const secondLight = highlight(second, other);
    first.hear(0);
    second.hear(1);
    expect(lit().sort()).toEqual(['Hello', 'words']);
    first.hear(1);
    expect(lit().sort()).toEqual(['words', 'world']);
    firstLight.close();
    expect(lit()).toEqual(['words']);
    second.enter('ended');
    expect(lit()).toEqual([]);
    secondLight.close();
    expect(CSS.highlights.has(name)).toBe(false);
  });

  it('lights a word after another highlighter of its name was closed in a pause', () => {
    const playback = new SilentPlayback(text);
    const light = highlight(playback, element);
    highlight(new SilentPlayback(text), element).close();
    playback.hear(0);
    expect(lit()).toEqual(['Hello']);
    light.close();
  });

  it('lights under a name of the caller', () => {
    const playback = new SilentPlayback(text);
    using light = highlight(playback, element, { name: 'my-word' });
    playback.hear(3);
    expect(lit('my-word')).toEqual(['again']);
    expect(CSS.highlights.has(name)).toBe(false);
    expect(paintOf(element, 'my-word').background).not.toBe('rgba(0, 0, 0, 0)');
    expect(light.word?.index).toBe(3);
  });

  it('lights the word again in a node that took the place of its own', async () => {
    const playback = new SilentPlayback(text);
    using light = highlight(playback, element);
    playback.hear(1);
    element.innerHTML = '<section><em>Hello wor</em>ld, hello again</section>';
    await settled();
    expect(lit()).toEqual(['world']);
    element.querySelector('em')!.firstChild!.nodeValue = 'Now: Hello wor';
    await settled();
    expect(lit()).toEqual(['world']);
    expect(light.word?.text).toBe('world');
    expect(element.innerHTML).toBe('<section><em>Now: Hello wor</em>ld, hello again</section>');
  });

  it('sees a change of the same task, and lights nothing while the text is gone', async () => {
    const playback = new SilentPlayback(text);
    using light = highlight(playback, element);
    playback.hear(0);
    element.replaceChildren();
    playback.hear(1);
    expect(light.word).toBeUndefined();
    expect(lit()).toEqual([]);
    element.textContent = text;
    await settled();
    expect(lit()).toEqual(['world']);
    element.remove();
    playback.hear(2);
    expect(light.word?.text).toBe('hello');
  });

  it('keeps its range while text is appended elsewhere', async () => {
    const playback = new SilentPlayback(text);
    using light = highlight(playback, element);
    playback.hear(2);
    const moved = vi.spyOn(Range.prototype, 'setStart');
    element.append(' and', ' on');
    await settled();
    expect(lit()).toEqual(['hello']);
    expect(moved).not.toHaveBeenCalled();
    moved.mockRestore();
    playback.hear(3);
    expect(lit()).toEqual(['again']);
    expect(light.matched).toBe(true);
  });
});

describe('the default style of a lit word', () => {
  it('has a contrast of at least 4.5 to 1, in a shadow tree too', () => {
    const host = document.createElement('div');
    element.append(host);
    const shadow = host.attachShadow({ mode: 'open' });
    shadow.innerHTML = '<p>Hello world</p>';
    const inner = shadow.querySelector('p')!;
    using outerLight = highlight(new SilentPlayback(text), element);
    using innerLight = highlight(new SilentPlayback('Hello world'), inner);
    expect(outerLight.matched && innerLight.matched).toBe(true);
    expect(shadow.adoptedStyleSheets.length).toBe(1);
    for (const target of [element, element.querySelector('b')!, inner]) {
      const { background, color } = paintOf(target);
      expect(contrast(background, color)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('gives way to the rules of the page', () => {
    const style = document.createElement('style');
    style.textContent = `::highlight(${name}) { background-color: rgb(1, 2, 3) }`;
    document.head.prepend(style);
    using light = highlight(new SilentPlayback(text), element);
    expect(light.matched).toBe(true);
    expect(paintOf(element).background).toBe('rgb(1, 2, 3)');
    style.remove();
    expect(paintOf(element).background).not.toBe('rgb(1, 2, 3)');
  });

  it('gives way to a layer that the page names after its own', () => {
    const style = document.createElement('style');
    style.textContent = `@layer saylight, page; @layer page { ::highlight(${name}) { background-color: rgb(1, 2, 3) } }`;
    document.head.append(style);
    using light = highlight(new SilentPlayback(text), element);
    expect(light.matched).toBe(true);
    expect(paintOf(element).background).toBe('rgb(1, 2, 3)');
    style.remove();
  });

  it('is adopted once for a document', () => {
    highlight(new SilentPlayback(text), element).close();
    const { length } = document.adoptedStyleSheets;
    highlight(new SilentPlayback(text), element).close();
    expect(document.adoptedStyleSheets.length).toBe(length);
  });

  it('holds under a Content Security Policy that forbids inline styles', async () => {
    const frame = document.createElement('iframe');
    frame.srcdoc = `<!doctype html><meta http-equiv="content-security-policy" content="style-src 'self'">
      <style>p { color: rgb(9, 9, 9) }</style><p>Hello world</p>`;
    await new Promise((resolve) => {
      frame.addEventListener('load', resolve, { once: true });
      element.append(frame);
    });
    const view = frame.contentWindow as Window & typeof globalThis;
    const paragraph = frame.contentDocument!.querySelector('p')!;
    expect(view.getComputedStyle(paragraph).color).not.toBe('rgb(9, 9, 9)');
    const playback = new SilentPlayback('Hello world');
    const light = highlight(playback, paragraph);
    playback.hear(1);
    expect([...view.CSS.highlights.get(name)!].map(String)).toEqual(['world']);
    const style = view.getComputedStyle(paragraph, `::highlight(${name})`);
    expect(contrast(style.backgroundColor, style.color)).toBeGreaterThanOrEqual(4.5);
    light.close();
    expect(view.CSS.highlights.size).toBe(0);
  });
});

describe('highlight, by spans in a browser', () => {
  const highlights = Object.getOwnPropertyDescriptor(CSS, 'highlights')!;

  beforeEach(() => Object.defineProperty(CSS, 'highlights', { value: undefined, configurable: true }));
  afterEach(() => Object.defineProperty(CSS, 'highlights', highlights));

  it('wraps and styles the word, and restores the markup', () => {
    const { length } = nodesOf(element);
    const playback = new SilentPlayback(text);
    const light = highlight(playback, element);
    playback.hear(0);
    const spans = [...element.querySelectorAll(`span.${name}`)];
    expect(spans.map((span) => span.textContent)).toEqual(['He', 'llo']);
    const { backgroundColor, color } = getComputedStyle(spans[1]!);
    expect(contrast(backgroundColor, color)).toBeGreaterThanOrEqual(4.5);
    playback.hear(3);
    light.close();
    expect(element.innerHTML).toBe(markup);
    expect(nodesOf(element).length).toBe(length);
  });

  it('keeps a selection of the reader that lies before the word', () => {
    element.innerHTML = '<p>One two three</p>';
    const node = element.querySelector('p')!.firstChild!;
    const playback = new SilentPlayback('One two three');
    const light = highlight(playback, element);
    getSelection()!.setBaseAndExtent(node, 0, node, 3);
    playback.hear(1);
    playback.hear(2);
    light.close();
    expect(String(getSelection())).toBe('One');
    getSelection()!.removeAllRanges();
  });
});

/** The contrast ratio of WCAG 2 between two computed, opaque colours. */
function contrast(first: string, second: string): number {
  const [dark, bright] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (bright! + 0.05) / (dark! + 0.05);
}

function luminance(color: string): number {
  expect(color).toMatch(/^rgb\(/);
  const [red, green, blue] = color.match(/\d+/g)!.map((channel) => {
    const value = Number(channel) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
