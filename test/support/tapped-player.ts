import { createPlayer, type Player, type PlayerOptions } from '../../src/player/index.ts';
import { createTap, type Tap } from './tap.ts';

/** A player whose sound can be looked at, sample by sample. */
export interface TappedPlayer {
  readonly player: Player;
  readonly context: AudioContext;
  readonly tap: Tap;
  close(): Promise<void>;
}

/** Makes one; at 24 kHz, the rate of the speech, so that no sample is changed on its way. `latency` in seconds. */
export async function createTappedPlayer(options: PlayerOptions = {}, latency = 0): Promise<TappedPlayer> {
  const context = new AudioContext({ sampleRate: 24_000, latencyHint: latency });
  const tap = await createTap(context);
  const player = createPlayer({ ...options, destination: tap.node });
  const close = async (): Promise<void> => {
    await player.close();
    if (context.state !== 'closed') await context.close();
  };
  return { player, context, tap, close };
}
