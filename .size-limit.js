/** What a page loads to speak; the fallbacks behind dynamic imports are loaded only where the files were left behind. */
const threads = ['dist/player/worklet.js', 'dist/player/speech-worker.js'];
const fallbacks = ['*/speech-job.js', '*/feed-from-page.js', '../_virtual/*'];

const withoutFallbacks = (config) => ({ ...config, format: 'esm', external: fallbacks });
const withThreads = (config) => ({
  ...withoutFallbacks(config),
  entryPoints: [...config.entryPoints, ...threads],
  ignoreAnnotations: true,
});

export default [
  {
    name: 'one streaming call',
    path: 'dist/core/index.js',
    import: '{ createSpeechClient }',
    gzip: true,
    limit: '6 kB',
  },
  {
    name: 'player, with worklet and Worker',
    path: 'dist/player/index.js',
    import: '{ createPlayer }',
    modifyEsbuildConfig: withThreads,
    gzip: true,
    limit: '15.6 kB',
  },
  {
    name: 'highlight',
    path: 'dist/player/index.js',
    import: '{ highlight }',
    modifyEsbuildConfig: withoutFallbacks,
    gzip: true,
    limit: '2.5 kB',
  },
];
