import type { TextPart } from './text-map.ts';

/** Makes one word of an element look lit. */
export interface HighlightPainter {
  /** Whether a lit word changes the nodes of the page. */
  readonly changesNodes: boolean;
  /** Lights a word that lies in these parts, at least one; `clear` comes between two words. */
  paint(parts: readonly TextPart[]): void;
  /** Puts everything back as it was before `paint`. */
  clear(): void;
  /** Whether a word is lit that a change of the element has left as it was. */
  isIntact(): boolean;
  /** Gives back what is shared with other painters, after `clear`. */
  close(): void;
}

/** The registry of CSS custom highlights of the element's window; `undefined` where the browser has none. */
export function highlightRegistryOf(element: Element): HighlightRegistry | undefined {
  return element.ownerDocument.defaultView?.CSS?.highlights;
}

/** Lights by the CSS Custom Highlight API: the document is not changed. The range is the painter's to move. */
export function createCustomHighlightPainter(
  registry: HighlightRegistry,
  name: string,
  range: Range,
): HighlightPainter {
  let painted = '';
  return {
    changesNodes: false,
    paint(parts) {
      const [first] = parts;
      const last = parts.at(-1);
      if (first === undefined || last === undefined) return;
      range.setStart(first.node, first.start);
      range.setEnd(last.node, last.end);
      painted = range.toString();
      // All painters of a name share its registered Highlight. It is filled, never replaced: WebKit doesn't repaint
      // when a registry entry is set again. It is looked up each time, since the last of the others takes it out.
      const shared = registry.get(name) ?? new Highlight();
      shared.add(range);
      if (!registry.has(name)) registry.set(name, shared);
    },
    clear() {
      registry.get(name)?.delete(range);
      painted = '';
    },
    isIntact: () => painted !== '' && range.toString() === painted,
    close() {
      if (registry.get(name)?.size === 0) registry.delete(name);
    },
  };
}
