import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSpeechTokens } from '../../../src/edge/access/speech-tokens.ts';
import './speech-tokens-suite.ts';
import './token-attacks-suite.ts';

test('no secret shows in what a console prints', async () => {
  const secret = 'a secret of the tests, long enough';
  const tokens = createSpeechTokens({ keys: { new: secret } });
  await tokens.mint({ subject: 'user-1', grants: {} });
  expect(inspect(tokens, { depth: Infinity, showHidden: true })).not.toContain('secret');
});
