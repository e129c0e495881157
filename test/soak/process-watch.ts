import { get } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process complains of while it is watched. */
export interface Complaints {
  readonly list: readonly string[];
  stop(): void;
}

/** Collects warnings, such as that of too many listeners, and rejections that nobody has handled. */
export function watchComplaints(): Complaints {
  const list: string[] = [];
  const onWarning = (warning: Error): void => void list.push(`${warning.name}: ${warning.message}`);
  const onRejection = (reason: unknown): void => void list.push(`unhandled: ${String(reason)}`);
  process.on('warning', onWarning);
  process.on('unhandledRejection', onRejection);
  return {
    list,
    stop() {
      process.off('warning', onWarning);
      process.off('unhandledRejection', onRejection);
    },
  };
}

/** How many timers, sockets and so on keep the process alive, by kind. */
export function activeResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The kinds of which there are more than in `baseline`, each with how many. */
export function extraResources(baseline: ReadonlyMap<string, number>): string[] {
  return [...activeResources()]
    .filter(([kind, count]) => count > (baseline.get(kind) ?? 0))
    .map(([kind, count]) => `${kind}: ${count}`);
}

/** The bytes in use once what nobody holds is gone, buffers included. */
export async function bytesInUse(): Promise<number> {
  // Twice, as what is finalized first sets free more; and what a weak reference was made to stays until the task is over.
  for (let pass = 0; pass < 2; pass += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What the speech server says is open; asked over a connection that is gone afterwards. */
export async function openAtServer(baseUrl: string): Promise<Record<string, number>> {
  const body = await new Promise<string>((resolve, reject) => {
    const request = get(`${baseUrl}/health`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
  const { open_sockets = NaN, open_contexts = NaN, open_speeches = NaN } = JSON.parse(body) as Record<string, number>;
  return { open_sockets, open_contexts, open_speeches };
}
