import { readFileSync } from 'node:fs';

/** Clock ticks of /proc in a second, on every Linux that Node runs on. */
const ticks = 100;

/**
 * Seconds of CPU that a process has used.
 *
 * @param {number} pid
 */
export function cpuSeconds(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before them may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/**
 * Bytes of memory that a process has resident.
 *
 * @param {number} pid
 */
function residentBytes(pid) {
  const [, kilobytes] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/**
 * What `work` gives, and the bytes by which a process grows at most while it lasts.
 *
 * @template T
 * @param {number} pid
 * @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, growth: number }>}
 */
export async function whileWatched(pid, work) {
  if (pid === undefined) return { result: await work(), growth: NaN };
  const before = residentBytes(pid);
  let most = before;
  const look = () => (most = Math.max(most, residentBytes(pid)));
  const timer = setInterval(look, 5);
  try {
    const result = await work();
    look();
    return { result, growth: most - before };
  } finally {
    clearInterval(timer);
  }
}
