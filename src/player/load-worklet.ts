import { SpeechError } from '../core/speech-error.ts';

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * Registers the processor with `context`, once: from `workletUrl` when the page supplies one (and never from elsewhere
 * then), else from the file beside this module, else from the inline copy.
 *
 * @throws SpeechError `unsupported` when no way is open, under a strict Content-Security-Policy for instance
 */
export function loadWorklet(context: BaseAudioContext, workletUrl?: string | URL): Promise<void> {
  let loading = loaded.get(context);
  if (!loading) {
    loading = addModule(context, workletUrl);
    loaded.set(context, loading);
    loading.catch(() => loaded.delete(context));
  }
  return loading;
}

async function addModule(context: BaseAudioContext, workletUrl: string | URL | undefined): Promise<void> {
  try {
    await (workletUrl ? context.audioWorklet.addModule(workletUrl) : addShippedModule(context));
  } catch (cause) {
    throw new SpeechError(
      'unsupported',
      'The audio worklet did not load: serve the page over https, or host `saylight/worklet` and pass its `workletUrl`.',
      { cause },
    );
  }
}

async function addShippedModule({ audioWorklet }: BaseAudioContext): Promise<void> {
  try {
    // Bundlers see an asset here: they copy the file and rewrite the URL. It stays inside the `try` because
    // `import.meta.url` is undefined in some output formats.
    await audioWorklet.addModule(new URL('./worklet.js?no-inline', import.meta.url));
  } catch {
    // esbuild and plain Rollup leave the URL alone and the file behind.
    const { source } = await import('virtual:worklet-source');
    const { withInlineScript } = await import('./inline-script.ts');
    await withInlineScript(source, (url) => audioWorklet.addModule(url));
  }
}
