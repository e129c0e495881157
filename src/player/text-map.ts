import { lowerBound, matchText } from './text-match.ts';

/** The text of several text nodes in one string. */
export interface FlatText {
  /** The nodes' data, with a line feed between two nodes. */
  readonly text: string;
  /** For each node, where its data begins in `text`. */
  readonly starts: readonly number[];
}

/** A stretch of one text node, in UTF-16 code units, its end exclusive. */
export interface TextPart {
  readonly node: Text;
  readonly start: number;
  readonly end: number;
}

/** Where a sent text stands in an element, as the element was when the map was made. */
export interface TextMap {
  /** The stretches of text nodes, in document order, that show `start` to `end` of the sent text; none, if none do. */
  partsOf(start: number, end: number): TextPart[];
}

// What is in the tree but is not read as text, or is not drawn from text nodes.
const unread = 'script, style, noscript, textarea, select, rt, rp, [hidden], [aria-hidden="true"]';

/** A map of the element when it holds the sent text, or so far its beginning. */
export function mapText(element: Element, sent: string): TextMap | undefined {
  // The text may have been taken from `textContent`, which has what is not read.
  return mapNodes(textNodesOf(element, unread), sent) ?? mapNodes(textNodesOf(element), sent);
}

/** The text nodes under an element in document order, without those in descendants that the selector names. */
export function textNodesOf(element: Element, skipped?: string): Text[] {
  return Array.from(element.childNodes).flatMap((child) => {
    if (child.nodeType === Node.TEXT_NODE) return child as Text;
    if (child.nodeType !== Node.ELEMENT_NODE) return [];
    return skipped && (child as Element).matches(skipped) ? [] : textNodesOf(child as Element, skipped);
  });
}

/** Joins the data of text nodes; the line feeds keep words apart that only a block border or a `<br>` parts. */
export function flattenText(nodes: readonly Text[]): FlatText {
  let next = 0;
  const starts = nodes.map((node) => {
    const start = next;
    next += node.length + 1;
    return start;
  });
  return { text: nodes.map((node) => node.data).join('\n'), starts };
}

function mapNodes(nodes: readonly Text[], sent: string): TextMap | undefined {
  const { text, starts } = flattenText(nodes);
  const match = matchText(sent, text);
  return (
    match && {
      partsOf(from, to) {
        const span = match.span(from, to);
        if (span === undefined) return [];
        const first = lowerBound(starts, span.start + 1) - 1;
        const last = lowerBound(starts, span.end);
        const parts = nodes.slice(first, last).map((node, index) => {
          const offset = starts[first + index] ?? 0;
          return { node, start: Math.max(span.start - offset, 0), end: Math.min(span.end - offset, node.length) };
        });
        return parts.filter(({ start, end }) => start < end);
      },
    }
  );
}
