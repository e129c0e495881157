// From a model's first token to the first sound: text that is spoken while it is written, against one request per sentence.
const { ensureInstalled } = await import('../scripts/ensure-installed.mjs');
ensureInstalled();
const { ensureChromium } = await import('../scripts/chromium.mjs');
ensureChromium();

const { writeFileSync } = await import('node:fs');
const { openBenchPage } = await import('./live-text/open-bench-page.mjs');
const { reportOf } = await import('./live-text/report.mjs');
const { startSpeechProcess } = await import('../scripts/speech-process.mjs');

const voices = ['kal16UsEnglishMale01', 'rmsUsEnglishMale0001'];
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);

const speech = await startSpeechProcess();
const bench = await openBenchPage();
/** @type {import('./live-text/report.mjs').Run[]} */
const runs = [];
try {
  const { ways, texts } = await bench.page.evaluate(() => ({
    ways: globalThis.bench.ways,
    texts: globalThis.bench.texts,
  }));
  const replies = Object.keys(texts);
  // Round 0 warms everything up; a part of it is listened to, which shows whether the end is foretold right.
  for (let round = 0; round <= rounds; round += 1) {
    for (const voiceId of voices) {
      for (const reply of replies) {
        const isWhole = round === 0 && voiceId === voices[0] && reply === replies[0];
        for (const way of turned(ways, round)) {
          const request = { baseUrl: speech.url, token: 'bench', voiceId };
          const task = { way, reply, request, isWhole };
          const result = await bench.page.evaluate((each) => globalThis.bench.measure(each), task);
          runs.push({ round, voiceId, reply, way, ...result });
        }
        process.stderr.write('.');
      }
    }
  }
  process.stderr.write('\n');
  const report = reportOf(runs, { voices, ways, texts, rounds, chromium: bench.version });
  process.stdout.write(report);
  if (!process.env['BENCH_DRY']) writeFileSync(new URL('live-text.md', import.meta.url), report);
} finally {
  await bench.close();
  await speech.stop();
}

/** All of `items`, each round beginning with another one, and every second one backwards: none always follows the same. */
function turned(items, round) {
  const from = round % items.length;
  const order = [...items.slice(from), ...items.slice(0, from)];
  return round % 2 === 0 ? order : order.toReversed();
}
