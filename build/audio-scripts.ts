import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const root = new URL('../', import.meta.url);
const entries: ReadonlyMap<string, string> = new Map([
  ['worklet', 'src/worklet/processor.ts'],
  ['speech-worker', 'src/player/speech-worker.ts'],
  ['live-worker', 'src/player/live-worker.ts'],
]);

const fileRequest = /\/player\/(worklet|speech-worker|live-worker)\.js(\?|$)/;
const virtualRequest = /^virtual:(worklet|speech-worker|live-worker)-source$/;
const resolved = /^\0audio-script:(file|source):(.+)$/;
const urlLiteral = /new URL\('\.\/(worklet|speech-worker|live-worker)\.js/g;

/**
 * Compiles the worklet and the Workers to one self-contained script each, shipped both as a file beside the player and as a
 * string (`virtual:worklet-source` and so on) for bundlers that leave the file behind.
 */
export function audioScripts(): Plugin {
  const compiled = new Map<string, Promise<string>>();
  const compile = (name: string): Promise<string> => {
    const source = compiled.get(name) ?? bundle(name);
    compiled.set(name, source);
    return source;
  };
  return {
    name: 'saylight:audio-scripts',
    enforce: 'pre',
    resolveId: {
      filter: { id: [fileRequest, virtualRequest] },
      handler(id) {
        const name = virtualRequest.exec(id)?.[1];
        return name === undefined
          ? `\0audio-script:file:${fileRequest.exec(id)?.[1]}`
          : `\0audio-script:source:${name}`;
      },
    },
    load: {
      filter: { id: resolved },
      async handler(id) {
        const [, kind, name = ''] = resolved.exec(id) ?? [];
        const source = await compile(name);
        return { code: kind === 'file' ? source : `export const source = ${JSON.stringify(source)};`, map: null };
      },
    },
    // The URL must reach the consumer's bundler as it is written: Vite would inline the file or resolve it here.
    transform: {
      filter: { id: /\/src\/player\//, code: /new URL\('\.\/(worklet|speech-worker|live-worker)\.js/ },
      handler: (code) => ({ code: code.replace(urlLiteral, "new URL(/* @vite-ignore */ './$1.js"), map: null }),
    },
    renderChunk: (code) => ({ code: code.replaceAll(/\/\* @vite-ignore \*\/\s*/g, ''), map: null }),
    // A change in any source may reach a script, and the browser is not told of changes inside one.
    hotUpdate({ server, file }) {
      if (!file.includes('/src/')) return;
      compiled.clear();
      server.ws.send({ type: 'full-reload' });
    },
    async generateBundle() {
      for (const name of entries.keys()) {
        this.emitFile({ type: 'asset', fileName: `player/${name}.js`, source: await compile(name) });
      }
      this.emitFile({ type: 'asset', fileName: 'player/worklet.d.ts', source: 'export {};\n' });
    },
  };
}

async function bundle(name: string): Promise<string> {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`There is no audio script named ${name}.`);
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: fileURLToPath(new URL(entry, root)), output: { format: 'es' } },
    },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`${name}.js must be one file, but also needs ${others[0]?.fileName}.`);
  return chunk.code;
}
