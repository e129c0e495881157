// What the gateway costs, against a plain pass-through Worker on the same workerd.
const { ensureInstalled } = await import('../scripts/ensure-installed.mjs');
ensureInstalled();

const { existsSync, writeFileSync } = await import('node:fs');
const { loadavg } = await import('node:os');
const { startChild } = await import('./gateway/child-process.mjs');
const measure = await import('./gateway/measure.mjs');
const { reportOf } = await import('./gateway/report.mjs');
const { slowStreams } = await import('./gateway/sizes.mjs');
const { startVariant } = await import('./gateway/start-variant.mjs');
const { bodyVariants, requestVariants, socketVariants } = await import('./gateway/variants.mjs');

if (!existsSync('/proc/self/stat')) {
  process.stderr.write('The CPU and the memory of a Worker are read from /proc: run this on Linux.\n');
  process.exit(1);
}
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 12);
const fewRounds = Math.ceil(rounds / 4);
const counts = { alone: 200, together: 1000, messages: 5000 };

const [load = NaN] = loadavg();
const begun = performance.now();
const service = startChild('upstream.mjs');
const driver = startChild('load-driver.mjs');
const serviceUrl = await service.ask();
try {
  const findings = {
    requests: await inTurns(requestVariants, rounds, (variant) => measure.measureRequests(driver, variant, counts)),
    large: await afresh(bodyVariants, fewRounds, async (variant) => {
      // What a Worker's first requests make it grow by is no part of the reply.
      await measure.measureRequests(driver, variant, { alone: 200, together: 200 });
      return measure.measureLarge(driver, variant);
    }),
    streams: await afresh(bodyVariants, fewRounds, async (variant) => {
      await measure.measureRequests(driver, variant, { alone: 200, together: 200 });
      return measure.measureStreams(driver, variant, slowStreams);
    }),
    messages: await inTurns(socketVariants, rounds, (variant) => measure.measureMessages(driver, variant, counts)),
  };
  process.stderr.write('\n');
  const seconds = (performance.now() - begun) / 1000;
  const report = reportOf(findings, { rounds, seconds, load, counts });
  process.stdout.write(report);
  if (!process.env['BENCH_DRY']) writeFileSync(new URL('gateway.md', import.meta.url), report);
} finally {
  await Promise.all([driver.stop(), service.stop()]);
}

/**
 * What each variant showed in each round but the first, which warms up; all of them run, and have their turns.
 *
 * @template T
 * @param {readonly import('./gateway/variants.mjs').Variant[]} variants
 * @param {number} count - of rounds
 * @param {(variant: import('./gateway/start-variant.mjs').RunningVariant) => Promise<T>} measureOne
 * @returns {Promise<Map<string, T[]>>}
 */
async function inTurns(variants, count, measureOne) {
  const running = [];
  try {
    for (const variant of variants) running.push(await startVariant(variant, serviceUrl));
    const found = new Map(running.map(({ name }) => [name, /** @type {T[]} */ ([])]));
    for (let round = 0; round <= count; round += 1) {
      for (const variant of turned(running, round)) {
        const result = await measureOne(variant);
        if (round > 0) found.get(variant.name)?.push(result);
      }
      process.stderr.write('.');
    }
    return found;
  } finally {
    await Promise.all(running.map((variant) => variant.stop()));
  }
}

/**
 * The same, with a variant that is started for each measurement.
 *
 * @template T
 * @param {readonly import('./gateway/variants.mjs').Variant[]} variants
 * @param {number} count - of rounds
 * @param {(variant: import('./gateway/start-variant.mjs').RunningVariant) => Promise<T>} measureOne
 * @returns {Promise<Map<string, T[]>>}
 */
async function afresh(variants, count, measureOne) {
  const found = new Map(variants.map(({ name }) => [name, /** @type {T[]} */ ([])]));
  for (let round = 1; round <= count; round += 1) {
    for (const variant of turned(variants, round)) {
      const running = await startVariant(variant, serviceUrl);
      try {
        found.get(variant.name)?.push(await measureOne(running));
      } finally {
        await running.stop();
      }
    }
    process.stderr.write('.');
  }
  return found;
}

/**
 * All of `items`, each round beginning with another one, and every second one backwards: none always follows the same.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} round
 */
function turned(items, round) {
  const from = round % items.length;
  const order = [...items.slice(from), ...items.slice(0, from)];
  return round % 2 === 0 ? order : order.toReversed();
}
