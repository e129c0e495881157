/** Scrolls a view when the word that is lit in it leaves it. */
export function keepLitWordInView(view: HTMLElement): void {
  const [range] = CSS.highlights?.get('saylight-word') ?? [];
  if (range instanceof Range) keepInView(view, range);
}

/** Scrolls a view when what is in it is above it, or close to its lower end. */
export function keepInView(view: HTMLElement, place: Pick<Element, 'getBoundingClientRect'>): void {
  const { top, bottom } = place.getBoundingClientRect();
  const box = view.getBoundingClientRect();
  if (top < box.top || bottom > box.bottom - box.height / 5) view.scrollBy({ top: top - box.top - box.height / 3 });
}
