import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

const source = new URL('../src/', import.meta.url);

/** All that a file imports, directly or not, at once or later: files by their path in `src`, packages by their name. */
function importsOf(entry: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [new URL(entry, source)];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    const path = file.href.slice(source.href.length);
    if (found.has(path)) continue;
    found.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles) {
      if (fileName.startsWith('.')) waiting.push(new URL(fileName, file));
      else found.add(fileName);
    }
  }
  return found;
}

it.each([
  'core/index.ts',
  'player/index.ts',
  'player/speech-worker.ts',
  'player/live-worker.ts',
  'worklet/processor.ts',
])('what a page loads with %s holds no package, and nothing of the gateway', (entry) => {
  const inPage = /^(?:core|player|worklet)\/[\w-]+\.ts$|^virtual:[\w-]+-source$/;
  expect([...importsOf(entry)].filter((name) => !inPage.test(name))).toEqual([]);
});

it('finds what is imported statically, later and from packages', () => {
  expect([...importsOf('player/index.ts')]).toEqual(
    expect.arrayContaining(['core/speech-error.ts', 'player/page-token.ts', 'virtual:worklet-source']),
  );
  expect([...importsOf('edge/index.ts')]).toContain('jose');
});
