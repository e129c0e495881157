import type { Word } from '../core/word.ts';
import { createCustomHighlightPainter, highlightRegistryOf, type HighlightPainter } from './highlight-painter.ts';
import { adoptHighlightStyle } from './highlight-style.ts';
import type { PlaybackEventMap, PlaybackState } from './playback-events.ts';
import { createSpanPainter } from './span-painter.ts';
import { mapText, type TextMap } from './text-map.ts';
import type { TypedEventTarget } from './typed-event-target.ts';

/** What highlighting needs of a playback. */
export interface HighlightSource extends TypedEventTarget<Pick<PlaybackEventMap, 'word' | 'wordend' | 'statechange'>> {
  /** The text that was sent so far; the words' offsets are offsets in it. */
  readonly text: string;
  /** The word that is heard now. */
  readonly currentWord: Word | undefined;
}

/** How words are lit. */
export interface HighlightOptions {
  /** The name to style in CSS, as in `::highlight(saylight-word)`, which is the default. */
  readonly name?: string | undefined;
}

/** The lighting of one element; `using` closes it too. */
export interface Highlighter extends Disposable {
  /** The word that is lit now. */
  readonly word: Word | undefined;
  /** Whether the element holds the text that is spoken, or so far its beginning. */
  readonly matched: boolean;
  /** Ends the lighting and leaves the page as it was. */
  close(): void;
}

/**
 * Lights each word in an element while it is heard, and gives the means to end that. The element holds the text that
 * is spoken, in any markup and with any text before and after it; white space, quotes and invisible characters may
 * differ. Nothing is lit while it doesn't: see `matched`.
 *
 * The page's nodes stay as they are: words are lit by the CSS Custom Highlight API. Style them by
 * `::highlight(saylight-word)`; the default is the system's colours of marked text, in the cascade layer `saylight`.
 * A page that styles inside layers names that layer before its own: `@layer saylight, components;`.
 * In a browser without that API the word is wrapped in a span of the class `saylight-word` for as long as it is lit, and
 * a highlighter is closed when another one begins on its element, or on one around or inside it.
 *
 * @throws TypeError when the element is an `<input>`, a `<textarea>` or a `<select>`.
 */
export function highlight(source: HighlightSource, element: Element, options: HighlightOptions = {}): Highlighter {
  if (element.matches('input, textarea, select')) {
    throw new TypeError(
      `highlight() needs an element with text nodes: show the text of this <${element.localName}> in a <p>.`,
    );
  }
  return new ElementHighlighter(source, element, createPainter(element, options.name ?? 'saylight-word'));
}

function createPainter(element: Element, name: string): HighlightPainter {
  const selector = CSS.escape(name);
  const registry = highlightRegistryOf(element);
  if (registry === undefined) {
    adoptHighlightStyle(element, `.${selector}`);
    return createSpanPainter(name);
  }
  adoptHighlightStyle(element, `::highlight(${selector})`);
  return createCustomHighlightPainter(registry, name, element.ownerDocument.createRange());
}

const endStates: ReadonlySet<PlaybackState> = new Set<PlaybackState>(['ended', 'stopped', 'failed']);

// Two that wrap words of the same nodes would undo each other's changes without end.
const wrapping: Set<ElementHighlighter> = new Set<ElementHighlighter>();

class ElementHighlighter implements Highlighter {
  readonly #source: HighlightSource;
  readonly #element: Element;
  readonly #painter: HighlightPainter;
  readonly #observer: MutationObserver;
  readonly #controller = new AbortController();
  #map: TextMap | undefined;
  #mappedText: string | undefined;
  #heard: Word | undefined;
  #lit: Word | undefined;

  constructor(source: HighlightSource, element: Element, painter: HighlightPainter) {
    this.#source = source;
    this.#element = element;
    this.#painter = painter;
    if (painter.changesNodes) {
      for (const other of wrapping) if (other.#overlaps(element)) other.close();
      wrapping.add(this);
    }
    this.#observer = new MutationObserver(() => this.#relight());
    this.#observer.observe(element, { characterData: true, childList: true, subtree: true });

    const { signal } = this.#controller;
    source.addEventListener('word', ({ word }) => this.#light(word), { signal });
    source.addEventListener('wordend', ({ word }) => this.#unlight(word), { signal });
    source.addEventListener('statechange', ({ state }) => endStates.has(state) && this.#light(undefined), {
      signal,
    });
    this.#light(source.currentWord);
    // A long text takes more than a frame to map: not in the frame of the first word.
    this.#mapNow();
  }

  get word(): Word | undefined {
    return this.#lit;
  }

  get matched(): boolean {
    if (this.#dropStaleMap()) this.#light(this.#heard);
    return this.#mapNow() !== undefined;
  }

  close(): void {
    this.#controller.abort();
    this.#light(undefined);
    this.#observer.disconnect();
    this.#painter.close();
    wrapping.delete(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #light(word: Word | undefined): void {
    this.#dropStaleMap();
    this.#painter.clear();
    this.#heard = word;
    this.#lit = undefined;
    const parts = word === undefined ? [] : this.#mapNow()?.partsOf(word.textStart, word.textEnd);
    if (parts?.length) {
      this.#painter.paint(parts);
      this.#lit = word;
    }
    // What is left in the queue is what the painter itself changed.
    this.#observer.takeRecords();
  }

  #unlight(word: Word): void {
    if (word.index === this.#heard?.index) this.#light(undefined);
  }

  #relight(): void {
    this.#mappedText = undefined;
    if (this.#heard !== undefined && !this.#painter.isIntact()) this.#light(this.#heard);
  }

  #overlaps(element: Element): boolean {
    return this.#element.contains(element) || element.contains(this.#element);
  }

  /** Forgets the map when the element or the text has changed since, be it in this very task. */
  #dropStaleMap(): boolean {
    const isStale = this.#observer.takeRecords().length > 0 || this.#mappedText !== this.#source.text;
    if (isStale) this.#mappedText = undefined;
    return isStale;
  }

  #mapNow(): TextMap | undefined {
    if (this.#mappedText === undefined) {
      this.#mappedText = this.#source.text;
      this.#map = mapText(this.#element, this.#mappedText);
    }
    return this.#map;
  }
}
