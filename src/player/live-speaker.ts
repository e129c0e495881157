import type { SingleUseTokenSource, TokenSource } from '../core/credentials.ts';
import { leaveIterator } from '../core/until-aborted.ts';
import { JobRunner, type RunJob } from './job-runner.ts';
import type { LiveJob } from './live-job.ts';
import type { Player } from './player.ts';
import type { JobHandles } from './serve-jobs.ts';
import { startLiveWorker } from './start-live-worker.ts';
import type { JobQuestion } from './worker-messages.ts';

/** What a job for live text may ask the page for. */
export interface LiveSources {
  readonly token?: TokenSource | undefined;
  readonly singleUseToken?: SingleUseTokenSource | undefined;
  readonly text?: AsyncIterable<string> | undefined;
  /** Told of each piece of the text before it is sent. */
  readonly onText?: ((piece: string) => void) | undefined;
}

const speakers: WeakMap<Player, LiveSpeaker> = /* @__PURE__ */ new WeakMap<Player, LiveSpeaker>();

/** What speaks texts that are still being written for a player: one for all of them. */
export function liveSpeakerOf(player: Player): LiveSpeaker {
  let speaker = speakers.get(player);
  if (!speaker) speakers.set(player, (speaker = new LiveSpeaker(player)));
  return speaker;
}

/** Speaks texts that are still being written: in a Worker of their own, which starts with the first, or on the page's thread. */
export class LiveSpeaker {
  readonly #runner: JobRunner<LiveJob>;

  /** The Worker ends when the player is closed. */
  constructor({ options, closed }: Pick<Player, 'options' | 'closed'>) {
    let here: Promise<RunJob<LiveJob>> | undefined;
    this.#runner = new JobRunner(
      () => startLiveWorker(options.liveWorkerUrl, closed),
      // One for all jobs: they share conversations.
      () => (here ??= import('./live-job.ts').then(({ createLiveJobs }) => createLiveJobs())),
      closed,
    );
  }

  /**
   * Runs `job` to its end.
   *
   * @throws SpeechError when it fails, TypeError when the request can't be right, and what `text` throws, once all before it
   *   is with the audio thread
   */
  async run(job: LiveJob, sources: LiveSources, handles: Omit<JobHandles, 'ask'>): Promise<void> {
    const iterator = sources.text?.[Symbol.asyncIterator]();
    let failure: { readonly error: unknown } | undefined;

    async function nextText(): Promise<string | undefined> {
      try {
        const { done, value } = (await iterator?.next()) ?? { done: true, value: undefined };
        // What comes after a stop was not accepted.
        if (done || handles.signal.aborted) return undefined;
        if (typeof value !== 'string') throw new TypeError('The text gave something else than a string.');
        sources.onText?.(value);
        return value;
      } catch (error) {
        failure = { error };
        return undefined;
      }
    }

    const ask = async (question: JobQuestion): Promise<unknown> => {
      if (question === 'text') return nextText();
      const source = question === 'token' ? sources.token : sources.singleUseToken;
      return typeof source === 'function' ? source() : source;
    };
    try {
      await this.#runner.run(job, { ...handles, ask });
    } finally {
      void leaveIterator(iterator);
    }
    if (failure) throw failure.error;
  }
}
