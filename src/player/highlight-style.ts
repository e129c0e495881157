const selectors = /* @__PURE__ */ new WeakMap<CSSStyleSheet, string>();

/**
 * Gives what the selector names the system's colours of marked text, in the cascade layer `saylight`, so that any rule of
 * the page outside of a layer wins. A Content Security Policy doesn't stop it: it is a constructed style sheet, not an
 * inline style. It is adopted once by a document or shadow root and stays, since taking it out and in again for each
 * speech would have the browser work out the style of the whole page again.
 */
export function adoptHighlightStyle(element: Element, selector: string): void {
  const { ownerDocument } = element;
  const { defaultView } = ownerDocument;
  const rootNode = element.getRootNode();
  const root: Partial<DocumentOrShadowRoot> =
    'adoptedStyleSheets' in rootNode ? (rootNode as Document | ShadowRoot) : ownerDocument;
  const adopted = root.adoptedStyleSheets;
  if (!defaultView || !adopted || adopted.some((sheet) => selectors.get(sheet) === selector)) return;

  const sheet = new defaultView.CSSStyleSheet();
  sheet.replaceSync(
    `@layer saylight{${selector}{background-color:Mark;color:MarkText}` +
      `@media(forced-colors:active){${selector}{text-decoration:underline}}}`,
  );
  selectors.set(sheet, selector);
  root.adoptedStyleSheets = [...adopted, sheet];
}
