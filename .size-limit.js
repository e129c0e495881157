/** The scripts of the other threads, which the page loads with the player. */
const threads = ['dist/player/worklet.js', 'dist/player/speech-worker.js'];

/**
 * What the player imports when it is due: the code for words, beside the first sound; what feeds a source of the page's; what asks a gateway for tokens; what
 * speaks text that is still being written; what an interruption asks for; and the copies that serve where a bundler has left
 * a file behind.
 */
const later = [
  '*/word-loop.js',
  '*/feed-from-page.js',
  '*/speech-job.js',
  '*/page-token.js',
  '*/speak-live.js',
  '*/live-speaker.js',
  '*/live-job.js',
  '*/heard.js',
  '*/inline-script.js',
  '*/without-proxies.js',
  '../_virtual/*',
];

const withoutLater = (config) => ({ ...config, format: 'esm', external: later });
const withThreads = (config) => ({
  ...withoutLater(config),
  entryPoints: [...config.entryPoints, ...threads],
  ignoreAnnotations: true,
});

export default [
  {
    name: 'one streaming call',
    path: 'dist/core/index.js',
    import: '{ createTransport, streamWithTimestamps }',
    gzip: true,
    limit: '6 kB',
  },
  {
    name: 'the client, with every call',
    path: 'dist/core/index.js',
    import: '{ createSpeechClient }',
    gzip: true,
    // 0.3 kB of it: what asks a gateway for tokens.
    limit: '20.5 kB',
  },
  {
    name: 'player, with worklet and Worker: all that the first sound waits for',
    path: 'dist/player/index.js',
    import: '{ createPlayer }',
    modifyEsbuildConfig: withThreads,
    gzip: true,
    limit: '14 kB',
  },
  {
    name: 'words, loaded beside it',
    path: 'dist/player/word-loop.js',
    import: '{ WordLoop }',
    gzip: true,
    limit: '2.8 kB',
  },
  {
    name: 'text that is still being written, with its Worker: loaded when there is some',
    path: 'dist/player/live-speaker.js',
    import: '{ LiveSpeaker }',
    modifyEsbuildConfig: (config) => ({
      ...withoutLater(config),
      entryPoints: [...config.entryPoints, 'dist/player/live-worker.js'],
      ignoreAnnotations: true,
    }),
    gzip: true,
    limit: '20 kB',
  },
  {
    name: 'highlight',
    path: 'dist/player/index.js',
    import: '{ highlight }',
    modifyEsbuildConfig: withoutLater,
    gzip: true,
    limit: '2.5 kB',
  },
];
