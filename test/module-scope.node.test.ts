import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const deeds = ['fetch', 'setTimeout', 'setInterval', 'queueMicrotask', 'MessageChannel', 'AbortController'] as const;

beforeEach(() => {
  vi.resetModules();
  for (const deed of deeds) {
    vi.stubGlobal(deed, () => {
      throw new Error(`${deed} was used on import`);
    });
  }
});

afterEach(() => vi.unstubAllGlobals());

it.each(['core', 'player'])('importing %s does nothing, and needs no page', async (folder) => {
  const exported = (await import(`../src/${folder}/index.ts`)) as Record<string, unknown>;
  expect(Object.keys(exported).length).toBeGreaterThan(0);
});
