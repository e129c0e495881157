/** The element of the page with that id. */
export const element = (id: string): HTMLElement => document.querySelector(`#${id}`) as HTMLElement;
