import type { Alignment } from '../../../src/core/alignment.ts';
import { buildAlignment, speak, type Spoken } from './build-alignment.ts';

// Reconstructed from documented times: the words named in the tests stand at the times and places that were recorded; what
// lies between them, and the time of each letter inside a word, is made up.

/** A short greeting over a WebSocket, the original field in its own spelling. */
export const greetingWire = {
  chars: Array.from('Hello World '),
  charStartTimesMs: [0, 104, 156, 208, 260, 313, 372, 430, 488, 546, 604, 662],
  charDurationsMs: [104, 52, 52, 52, 53, 59, 58, 58, 58, 58, 58, 360],
};

/** The same greeting's normalized field: a leading space has part of the first letter's time. */
export const greetingNormalizedWire = {
  chars: [' ', ...greetingWire.chars],
  charStartTimesMs: [0, 70, ...greetingWire.charStartTimesMs.slice(1)],
  charDurationsMs: [70, 34, ...greetingWire.charDurationsMs.slice(1)],
};

/** Eight words in one contiguous chunk, with a trailing space of 244 ms. */
export const questionText = "What do you know about what I'm doing? ";
export const question: Alignment = buildAlignment(
  ['What', 0, 0.174],
  [' ', 0.174, 0.197],
  ['do', 0.197, 0.244],
  [' ', 0.244, 0.267],
  ['you', 0.267, 0.383],
  [' ', 0.383, 0.418],
  ['know', 0.418, 0.569],
  [' ', 0.569, 0.604],
  ['about', 0.604, 0.79],
  [' ', 0.79, 0.813],
  ['what', 0.813, 0.987],
  [' ', 0.987, 1.022],
  ["I'm", 1.022, 1.138],
  [' ', 1.138, 1.196],
  ['doing', 1.196, 1.533],
  ['?', 1.533, 1.614],
  [' ', 1.614, 1.858],
);

/** A leading and a trailing space, and a word of 23 ms. */
export const testSentence: Alignment = buildAlignment(
  [' ', 0, 0.058],
  ['Hello', 0.058, 0.395],
  [' ', 0.395, 0.522],
  ['i', 0.522, 0.58],
  [' ', 0.58, 0.639],
  ['am', 0.639, 0.731],
  [' ', 0.731, 0.778],
  ['a', 0.778, 0.801],
  [' ', 0.801, 0.859],
  ['test', 0.859, 1.149],
  [' ', 1.149, 1.393],
);

/** Fourteen words, and two hyphens that stand alone in a pause. */
export const transcript: Alignment = buildAlignment(
  [' ', 0, 0.07],
  ['Every word of this sample has timings', 0.07, 2.786],
  [' ', 2.786, 2.844],
  ['--', 2.844, 3.065],
  [' ', 3.065, 3.123],
  ['now', 3.123, 3.344],
  [' ', 3.344, 3.402],
  ['the letters all have them', 3.402, 4.934],
  [' ', 4.934, 4.992],
  ['too', 4.992, 5.248],
  ['.', 5.248, 5.41],
  [' ', 5.41, 5.619],
);

/** A pause of 0.696 s that is the time of one space, the character 123. */
export const pausedText = `${'It was a quiet town. '.repeat(5)}What a fine sight. People came.`;
export const paused: Alignment = buildAlignment(
  [pausedText.slice(0, 117), 0, 7.1],
  ['sight', 7.1, 7.4],
  ['.', 7.4, 7.57],
  [' ', 7.57, 8.266],
  ['People', 8.266, 8.603],
  [' came.', 8.603, 9.1],
);

/** A text in which an em dash is glued between a quoted word and the next one. */
export const dashText = "They called it the 'Morning Star'—no one knew why.";
export const dash: Alignment = speak(dashText, 0, 0.06);

const indent: readonly Spoken[] = [
  ['\n', 0, 0.058],
  ['    ', 0.058, 0.058],
];
const opening =
  'WikiTok is a page of articles that you scroll as you would scroll a feed, one after the other and without an end.';

/** An indented text: every white space after the first in a run has no time. */
export const indented: Alignment = buildAlignment(
  ...indent,
  [opening, 0.058, 7.5],
  ['\n', 7.5, 7.86],
  [' ', 7.86, 7.86],
  ['Users', 7.86, 8.2],
  [' like it.'.padEnd(406, ' and more'), 8.2, 33],
);
