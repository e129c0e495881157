import { SpeechError } from '../core/speech-error.ts';

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * Registers the processor with `context`, once: from `workletUrl` when the page supplies one (and never from elsewhere
 * then), else from the file beside this module, else from the inline copy.
 *
 * @throws SpeechError `unsupported` when no way is open, under a strict Content-Security-Policy for instance
 */
export function loadWorklet(context: BaseAudioContext, workletUrl?: string | URL): Promise<void> {
  const earlier = loaded.get(context);
  if (earlier !== undefined) return earlier;
  const loading = addModule(context, workletUrl);
  loaded.set(context, loading);
  loading.catch(() => loaded.delete(context));
  return loading;
}

async function addModule(context: BaseAudioContext, workletUrl: string | URL | undefined): Promise<void> {
  if (context.audioWorklet === undefined) {
    throw new SpeechError('unsupported', 'This page has no AudioWorklet; serve it over https or from localhost.');
  }
  if (workletUrl !== undefined) {
    try {
      return await context.audioWorklet.addModule(workletUrl);
    } catch (cause) {
      throw new SpeechError('unsupported', `The audio worklet could not be loaded from workletUrl (${workletUrl}).`, {
        cause,
      });
    }
  }
  try {
    // Bundlers see an asset here: they copy the file and rewrite the URL. It stays inside the `try` because
    // `import.meta.url` is undefined in some output formats.
    await context.audioWorklet.addModule(new URL('./worklet.js?no-inline', import.meta.url));
  } catch {
    await addInlineModule(context);
  }
}

/** esbuild and plain Rollup leave the URL alone and the file behind. */
async function addInlineModule(context: BaseAudioContext): Promise<void> {
  const { source } = await import('virtual:worklet-source');
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    await context.audioWorklet.addModule(url);
  } catch (cause) {
    throw new SpeechError(
      'unsupported',
      'The audio worklet could not be loaded; host `saylight/worklet` as a file and pass its address as `workletUrl`.',
      { cause },
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
