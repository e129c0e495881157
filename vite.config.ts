import { defineConfig } from 'vite';
import { audioScripts } from './build/audio-scripts.ts';

export default defineConfig({
  plugins: [audioScripts()],
  publicDir: false,
  build: {
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        'core/index': 'src/core/index.ts',
        'player/index': 'src/player/index.ts',
        'edge/index': 'src/edge/index.ts',
      },
      formats: ['es'],
    },
    rolldownOptions: {
      external: ['jose'],
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
});
