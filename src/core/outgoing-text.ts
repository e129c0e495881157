import { lastBorder, sentenceEnds, type CutMode } from './text-border.ts';

/** The most UTF-16 units of one message, unless a word is longer. */
const longestPiece = 1000;
/** Of a word that is longer, only the end is searched for a border, so that text of any kind costs what it is long. */
const longestWord = 500;

/** A first sentence that is longer fills the first threshold of a service that gathers characters: 50 is its lowest. */
const shortSentence = 50;

/** What goes with the end of a text: fields of the message that holds it. */
export type MessageFields = Readonly<Record<string, unknown>>;

/** A message's worth of text. */
export interface TextPiece {
  /** Ends with white space, as the service wants it; a single space when only the fields are to be told. */
  readonly text: string;
  readonly fields: MessageFields;
}

/** How text is cut. */
export interface OutgoingTextOptions {
  readonly mode: CutMode;
  readonly locale?: string | undefined;
  /** Whether a short first sentence is flushed. */
  readonly flushesFirst?: boolean | undefined;
}

/** A text that is still being written, cut into pieces where the service wants it cut; it can be sent again from any place. */
export class OutgoingText {
  readonly #options: OutgoingTextOptions;
  readonly #marks: { readonly at: number; readonly fields: MessageFields }[] = [];
  /** The index of the first mark that was not sent on this connection. */
  #nextMark = 0;
  #sentTo = 0;
  /** What was sent on this connection; what may be sent; the beginning of a word that is very long; what has no border yet. */
  #sent = '';
  #ready = '';
  #word = '';
  #open = '';
  #flushesFirst: boolean;

  constructor(options: OutgoingTextOptions) {
    this.#options = options;
    this.#flushesFirst = options.flushesFirst ?? false;
  }

  /** All of it so far. */
  get text(): string {
    return this.#sent + this.#ready + this.#word + this.#open;
  }

  /** How far it may be sent: to the last border, or farther where it was flushed. */
  get readyTo(): number {
    return this.#sentTo + this.#ready.length;
  }

  /** How far it was sent on this connection. */
  get sentTo(): number {
    return this.#sentTo;
  }

  /** Whether there is something to take. */
  get isDue(): boolean {
    return this.#ready.length > 0 || this.#nextMark < this.#marks.length;
  }

  /** Adds text. */
  append(more: string): void {
    const { mode, locale } = this.#options;
    this.#open += more;
    for (;;) {
      const border = lastBorder(this.#open, mode, locale);
      if (border === 0) break;
      this.#ready += this.#word + this.#open.slice(0, border);
      this.#word = '';
      this.#open = this.#open.slice(border);
    }
    if (this.#flushesFirst) this.#flushFirst();
    if (this.#open.length <= longestWord) return;
    this.#word += this.#open.slice(0, -longestWord / 2);
    this.#open = this.#open.slice(-longestWord / 2);
  }

  /** Has `fields` sent with the end of what is ready; `all` makes everything ready, be it half a word. */
  mark(fields: MessageFields, all: boolean): void {
    if (all) this.release();
    this.#marks.push({ at: this.readyTo, fields });
  }

  /** Makes everything ready. */
  release(): void {
    this.#ready += this.#word + this.#open;
    this.#word = this.#open = '';
  }

  /** The next piece, which counts as sent. */
  take(): TextPiece | undefined {
    const mark = this.#marks[this.#nextMark];
    const ready = mark ? this.#ready.slice(0, mark.at - this.#sentTo) : this.#ready;
    const piece = ready.length > longestPiece ? shorten(ready, this.#options.locale) : ready;
    if (piece === '' && !mark) return undefined;
    this.#sent += piece;
    this.#ready = this.#ready.slice(piece.length);
    this.#sentTo += piece.length;
    const isMarked = mark?.at === this.#sentTo;
    if (isMarked) this.#nextMark += 1;
    return { text: /\s$/.test(piece) ? piece : `${piece} `, fields: isMarked ? mark.fields : {} };
  }

  /** Has everything from `offset` on sent again, with its marks; a mark at `offset` only if it was not sent yet. */
  rewind(offset: number): void {
    const { text, readyTo } = this;
    this.#sent = text.slice(0, offset);
    this.#ready = text.slice(offset, readyTo);
    this.#word = '';
    this.#open = text.slice(Math.max(readyTo, offset));
    this.#sentTo = offset;
    const first = this.#nextMark;
    const next = this.#marks.findIndex(({ at }, index) => at > offset || (at === offset && index >= first));
    this.#nextMark = next < 0 ? this.#marks.length : next;
  }

  #flushFirst(): void {
    const [end = Infinity] = sentenceEnds(this.text.slice(0, this.readyTo));
    if (end === Infinity && this.readyTo <= shortSentence) return;
    this.#flushesFirst = false;
    if (end <= shortSentence && this.#marks.length === 0) this.#marks.push({ at: end, fields: { flush: true } });
  }
}

function shorten(text: string, locale: string | undefined): string {
  const border = lastBorder(text.slice(0, longestPiece), 'word', locale);
  return border > 0 ? text.slice(0, border) : (/^\S*\s*/.exec(text)?.[0] ?? text);
}
