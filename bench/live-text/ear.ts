/** Listens to what goes to the loudspeaker. All times are on the clock of `performance.now()`, as heard: latency is in them. */
export interface Ear {
  readonly node: AudioWorkletNode;
  /** Forgets what was heard; gives when the next sound is heard. */
  listen(): Promise<number>;
  /** When the last sound so far was heard. */
  lastSoundAt(): Promise<number>;
}

/** Makes an ear, joined to the destination of `context`. */
export async function createEar(context: AudioContext): Promise<Ear> {
  await context.audioWorklet.addModule(new URL('./ear-processor.js', import.meta.url));
  const node = new AudioWorkletNode(context, 'ear', { outputChannelCount: [1] });
  node.connect(context.destination);
  const answer = (key: 'first' | 'last'): Promise<number> =>
    new Promise((resolve) => {
      const listener = ({ data }: MessageEvent<Record<string, number>>): void => {
        const frame = data[key];
        if (frame === undefined) return;
        node.port.removeEventListener('message', listener);
        resolve(pageTimeOf(context, frame));
      };
      node.port.addEventListener('message', listener);
      node.port.start();
    });
  const ask = (question: 'listen' | 'last', key: 'first' | 'last'): Promise<number> => {
    const answered = answer(key);
    node.port.postMessage(question);
    return answered;
  };
  return { node, listen: () => ask('listen', 'first'), lastSoundAt: () => ask('last', 'last') };
}

/** Asked soon after the frame was made: the two clocks part by a few thousandths. */
function pageTimeOf(context: AudioContext, frame: number): number {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  return performanceTime + (frame / context.sampleRate - contextTime) * 1000;
}
