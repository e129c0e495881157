import { cpuSeconds, whileWatched } from './processes.mjs';
import { concurrency } from './sizes.mjs';

/**
 * @typedef {ReturnType<typeof import('./child-process.mjs').startChild>} Driver
 * @typedef {import('./start-variant.mjs').RunningVariant} RunningVariant
 */

/**
 * Requests one after the other, for their time to the first byte; and some at a time, for their rate.
 *
 * @param {Driver} driver
 * @param {RunningVariant} variant
 * @param {{ alone: number, together: number }} counts
 * @returns {Promise<{ firstBytes: readonly number[], rate: number, cpu: number | undefined, load: number | undefined }>}
 * milliseconds; requests per second; the Worker's microseconds of CPU a request, and how much of a core it had in use
 */
export async function measureRequests(driver, { pid, target }, { alone, together }) {
  const { firstBytes } = await driver.ask({ kind: 'requests', ...(await target(alone)), count: alone, concurrency: 1 });
  const task = { kind: 'requests', ...(await target(together)), count: together, concurrency };
  const cpuBefore = pid && cpuSeconds(pid);
  const { seconds } = await driver.ask(task);
  const cpu = pid && cpuSeconds(pid) - (cpuBefore ?? 0);
  return { firstBytes, rate: together / seconds, cpu: cpu && (cpu / together) * 1e6, load: cpu && cpu / seconds };
}

/**
 * One long reply.
 *
 * @param {Driver} driver
 * @param {RunningVariant} variant
 * @returns {Promise<{ growth: number, seconds: number }>} `growth` in bytes
 */
export async function measureLarge(driver, { pid, target }) {
  const task = { kind: 'large', ...(await target(1)) };
  const { result, growth } = await whileWatched(pid, () => driver.ask(task));
  return { growth, seconds: result.seconds };
}

/**
 * Slow streams, all at the same time.
 *
 * @param {Driver} driver
 * @param {RunningVariant} variant
 * @param {number} count
 */
export async function measureStreams(driver, { pid, target }, count) {
  const task = { kind: 'streams', ...(await target(count)) };
  const cpuBefore = pid && cpuSeconds(pid);
  const { result, growth } = await whileWatched(pid, () => driver.ask(task));
  return { ...result, growth, cpu: pid && cpuSeconds(pid) - (cpuBefore ?? 0) };
}

/**
 * Messages over a WebSocket, for the time that they take; and over several, for their rate.
 *
 * @param {Driver} driver
 * @param {RunningVariant} variant
 * @param {{ alone: number, messages: number }} counts
 */
export async function measureMessages(driver, { pid, target }, { alone, messages }) {
  const { times } = await driver.ask({ kind: 'messages', ...(await target(1)), count: alone, concurrency: 1 });
  const task = { kind: 'messages', ...(await target(concurrency)), count: messages, concurrency };
  const cpuBefore = pid && cpuSeconds(pid);
  const { seconds } = await driver.ask(task);
  const cpu = pid && cpuSeconds(pid) - (cpuBefore ?? 0);
  return { times, rate: messages / seconds, cpu: cpu && (cpu / messages) * 1e6 };
}
