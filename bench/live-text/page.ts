import { createPlayer, type Playback, type Player } from 'saylight/player';
import { createEar, type Ear } from './ear.ts';
import { TokenReplay } from './token-replay.ts';
import { ways, type Speaker } from './ways.ts';

/** The two begin as different replies do; the sentences are the same. */
const opening = 'Sound travels through air as a wave of pressure.';
const rest =
  'When something vibrates, it pushes the air next to it, and that air pushes the air beyond it. The wave spreads out in ' +
  'every direction, and grows weaker as it goes. In warm air it moves a little faster than in cold air. That is why a ' +
  'distant train sounds closer on some nights than on others.';
const texts: Readonly<Record<string, string>> = {
  'short first sentence': `${opening} ${rest}`,
  'long first sentence': `${rest} ${opening}`,
};
const tokensPerSecond = 30;
/** A start that comes so much later than the end before it is heard as a gap, in seconds. */
const gapTolerance = 0.03;

/** One measurement; times in seconds from the moment at which the first token is there. */
interface Result {
  /** Until the first sample that can be heard. */
  readonly firstSound: number;
  /** Until the audio begins, silence included. */
  readonly start: number;
  /** Until the last sample of the audio. */
  readonly end: number;
  /** Until the last sample that could be heard, where all of it was listened to. */
  readonly lastSound: number | undefined;
  readonly audio: number;
  readonly underruns: number;
  /** Underruns, and starts of a sentence that came late. */
  readonly gaps: number;
  /** The seconds in which there was nothing to play, though it was not the end. */
  readonly waited: number;
}

interface Task {
  readonly way: string;
  /** The name of one of the texts. */
  readonly reply: string;
  readonly request: Speaker;
  /** Whether to listen to the end, instead of until all audio has come and the end is certain. */
  readonly isWhole: boolean;
}

interface Turn {
  readonly playback: Playback;
  readonly askedAt: number;
  endedAt: number | undefined;
}

const context = new AudioContext({ latencyHint: 'interactive' });
let opened: Promise<{ readonly ear: Ear; readonly player: Player }> | undefined;

/** Once for all, as a page does it: after its first speech a player has its Workers. */
async function open(): Promise<{ readonly ear: Ear; readonly player: Player }> {
  const ear = await createEar(context);
  return { ear, player: createPlayer({ destination: ear.node }) };
}

async function measure({ way: name, reply, request, isWhole }: Task): Promise<Result> {
  const way = ways[name];
  const text = texts[reply];
  if (!way || !text) throw new Error(`There is no way called ${name}, or no reply called ${reply}.`);
  const { ear, player } = await (opened ??= open());
  const prepared = await way.prepare?.(player, request);
  // What was heard before has faded from the output, and its connections are closed.
  await pause(300);

  const heard = ear.listen();
  const turns: Turn[] = [];
  const tokens = new TokenReplay(text, tokensPerSecond);
  await way.speak({
    player,
    speaker: request,
    tokens,
    prepared,
    onPlayback(playback) {
      const turn: Turn = { playback, askedAt: performance.now(), endedAt: undefined };
      turns.push(turn);
      playback.addEventListener('ended', () => (turn.endedAt = performance.now()));
    },
  });
  const end = await endOf(turns);
  if (isWhole) await Promise.all(turns.map(({ playback }) => playback.finished));
  const lastSound = isWhole ? since(tokens, await ear.lastSoundAt()) : undefined;
  const result = { ...resultOf(turns, tokens, end), firstSound: since(tokens, await heard), lastSound };
  player.stop();
  await prepared?.close();
  return result;
}

/** When the last sample is heard: known as soon as all audio is with the audio thread, which waits for nobody then. */
async function endOf(turns: readonly Turn[]): Promise<number> {
  for (;;) {
    for (const { playback } of turns) if (playback.state === 'failed') await playback.finished;
    const hasBegun = turns[0]?.playback.metrics.timeToFirstSound !== undefined;
    if (hasBegun && turns.every(({ playback }) => playback.duration !== undefined)) break;
    await pause(5);
  }
  const left = turns.map(({ playback }) => (playback.duration ?? 0) - playback.currentTime);
  return performance.now() + 1000 * left.reduce((sum, seconds) => sum + Math.max(0, seconds), 0);
}

function resultOf(
  turns: readonly Turn[],
  tokens: TokenReplay,
  endAt: number,
): Omit<Result, 'firstSound' | 'lastSound'> {
  const starts = turns.map(({ playback, askedAt }) => {
    const { timeToFirstSound } = playback.metrics;
    return timeToFirstSound === undefined ? undefined : since(tokens, askedAt) + timeToFirstSound;
  });
  const audio = turns.reduce((sum, { playback }) => sum + (playback.duration ?? 0), 0);
  const underruns = turns.reduce((sum, { playback }) => sum + playback.metrics.underruns, 0);
  const late = turns.filter(({ endedAt }, index) => {
    const next = starts[index + 1];
    return endedAt !== undefined && next !== undefined && next - since(tokens, endedAt) > gapTolerance;
  });
  const start = starts[0] ?? NaN;
  const end = since(tokens, endAt);
  return { start, end, audio, underruns, gaps: underruns + late.length, waited: end - start - audio };
}

function since({ startedAt }: TokenReplay, pageTime: number): number {
  return (pageTime - startedAt) / 1000;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

Object.assign(globalThis, { bench: { measure, ways: Object.keys(ways), texts } });
