import { expect, it } from 'vitest';
import { loadWorklet } from '../../src/player/load-worklet.ts';
import { processorName, type ProcessorOptions } from '../../src/worklet/messages.ts';

const processorOptions: ProcessorOptions = {
  encoding: 's16le',
  sampleRate: 48_000,
  startMark: 0,
  refillMark: 0,
  id: 1,
};

const newContext = (): OfflineAudioContext => new OfflineAudioContext(1, 128, 48_000);

const hasProcessor = (context: BaseAudioContext): boolean =>
  new AudioWorkletNode(context, processorName, { numberOfInputs: 0, processorOptions }) instanceof AudioWorkletNode;

/** Notes the addresses that are asked for, and turns away those that `isBlocked` says. */
function watch(context: BaseAudioContext, isBlocked: (url: string) => boolean): string[] {
  const urls: string[] = [];
  const { audioWorklet } = context;
  const addModule = audioWorklet.addModule.bind(audioWorklet);
  audioWorklet.addModule = async (url) => {
    urls.push(String(url));
    if (isBlocked(String(url))) throw new DOMException('blocked', 'AbortError');
    return addModule(url);
  };
  return urls;
}

it('loads the file beside the player, once for a context', async () => {
  const context = newContext();
  const urls = watch(context, () => false);
  await Promise.all([loadWorklet(context), loadWorklet(context)]);
  expect(urls).toEqual([expect.stringMatching(/\/player\/worklet\.js\?no-inline$/)]);
  expect(hasProcessor(context)).toBe(true);
});

it('loads the inline copy where the file was left behind', async () => {
  const context = newContext();
  const urls = watch(context, (url) => !url.startsWith('blob:'));
  await loadWorklet(context);
  expect(urls).toHaveLength(2);
  expect(hasProcessor(context)).toBe(true);
});

it('says what to do when neither can be loaded, and tries again when asked again', async () => {
  const context = newContext();
  let isOpen = false;
  watch(context, () => !isOpen);
  await expect(loadWorklet(context)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('workletUrl'),
  });
  isOpen = true;
  await loadWorklet(context);
  expect(hasProcessor(context)).toBe(true);
});

it("loads from the page's own address alone when there is one", async () => {
  const context = newContext();
  const urls = watch(context, () => false);
  await expect(loadWorklet(context, '/no/such/worklet.js')).rejects.toMatchObject({ code: 'unsupported' });
  expect(urls).toEqual(['/no/such/worklet.js']);
  await loadWorklet(context, new URL('/src/player/worklet.js', location.href));
  expect(hasProcessor(context)).toBe(true);
});
