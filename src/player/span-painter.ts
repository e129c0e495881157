import type { HighlightPainter } from './highlight-painter.ts';
import type { TextPart } from './text-map.ts';

/** Lights by wrapping the word in spans, for browsers without the CSS Custom Highlight API. */
export function createSpanPainter(className: string): HighlightPainter {
  let unwraps: (() => void)[] = [];
  return {
    changesNodes: true,
    paint(parts) {
      unwraps = parts.map((part) => wrap(part, className));
    },
    clear() {
      for (const unwrap of unwraps) unwrap();
      unwraps = [];
    },
    isIntact: () => false,
    close() {},
  };
}

/**
 * Wraps a part of a text node and gives the way back. The page's own node keeps its place in the tree, with what is
 * before the part, so that a framework that made it can still find, write and remove it.
 */
function wrap({ node, start, end }: TextPart, className: string): () => void {
  const word = node.splitText(start);
  const tail = word.splitText(end - start);
  const head = node.data;
  const rest = word.data + tail.data;
  const span = node.ownerDocument.createElement('span');
  span.className = className;
  word.replaceWith(span);
  span.append(word);
  return () => {
    span.remove();
    tail.remove();
    // When the page has written to its node in the meantime, that is the whole of what it is to show.
    if (node.data === head) node.appendData(rest);
  };
}
