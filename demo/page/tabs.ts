/** Where the arrow keys lead from one of several tabs in a row. */
const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at, last) => (at === 0 ? last : at - 1),
  ArrowRight: (at, last) => (at === last ? 0 : at + 1),
  Home: () => 0,
  End: (_, last) => last,
};

const panelOf = (tab: HTMLElement): HTMLElement =>
  document.querySelector(`#${tab.getAttribute('aria-controls')}`) as HTMLElement;
const hashOf = (tab: HTMLElement): string => `#${tab.id.replace(/^tab-/, '')}-tab`;

/** Makes tabs of the buttons in a tablist. The one that is shown is named in the address, after its panel. */
export function startTabs(list: HTMLElement): void {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];

  function show(shown: HTMLElement): void {
    for (const tab of tabs) {
      const isShown = tab === shown;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      panelOf(tab).hidden = !isShown;
    }
  }

  function select(tab: HTMLElement): void {
    show(tab);
    history.replaceState(null, '', hashOf(tab));
  }

  function showNamed(): void {
    const tab = tabs.find((each) => location.hash === hashOf(each));
    if (tab) show(tab);
  }

  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      const next = tabs[steps[event.key]?.(at, tabs.length - 1) ?? -1];
      if (!next || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      next.focus();
      select(next);
    });
  }
  addEventListener('hashchange', showNamed);
  showNamed();
}
