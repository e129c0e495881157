import type { SeededRandom } from '../support/seeded-random.ts';

/** When an utterance is cancelled, if it is. */
type CancelMoment = 'never' | 'before the first audio' | 'in the middle' | 'just before the end';

/** What is spoken, how it is written, and what becomes of it. */
export interface Utterance {
  readonly text: string;
  /** The text in pieces: tokens of any size, or whole sentences that are flushed one by one. */
  readonly pieces: readonly string[];
  readonly isFlushed: boolean;
  readonly cancelAt: CancelMoment;
  readonly cancelBy: 'cancel' | 'break' | 'signal' | 'dispose';
  /** Of the tokens before the first audio, or of the chunks in the middle: how many are let through. */
  readonly cancelAfter: number;
  /** The milliseconds that each piece is waited for. */
  readonly pauses: readonly number[];
}

const vocabulary =
  'a about after again all always an and another answer ask away back because before began between book boy bring call ' +
  'came can change children city close come could country day did different does door down each early earth end enough ' +
  'even every example eye family far father few find first follow food for found friend from garden gave girl give good ' +
  "great group grow hand hard have he head hear help her here high his home house how I if important in into is it it's " +
  'just keep kind know land large last late learn leave letter life light like line little live long look made make man ' +
  'many may mean might mile miss money more morning mother mountain move much music must name near need never new next ' +
  'night no now number of often old on once one only open or other our over own page paper part people place plant play ' +
  'point put question quick quite rain read really right river room run same saw say school sea second see seem sentence ' +
  'set she should show side small so some something song soon sound spell stand start state still stop story street ' +
  'strong study such sun take talk tell than that the their them then there these they thing think this those thought ' +
  'three time to together told too took tree try turn two under until up upon us use very voice walk want was watch water ' +
  'way we well went were what when where which while white who why will with without wonder word work world would write ' +
  "year yes you young your well-known don't we'll they're o'clock";
const words = vocabulary.split(' ');
const figures = ['$5', '3.14', '2024', '12', '1,000', '75%', '9:30', '#7'];
const sentenceEnds = ['. ', '. ', '. ', '? ', '! ', '… ', '.\n\n', ': '];

const moments: readonly CancelMoment[] = [
  'before the first audio',
  'in the middle',
  'just before the end',
  ...Array.from<CancelMoment>({ length: 9 }).fill('never'),
];

/** Utterances of all lengths, about a quarter of which are to be cancelled. */
export function randomUtterances(random: SeededRandom, count: number): Utterance[] {
  return Array.from({ length: count }, (): Utterance => {
    const text = randomText(random);
    const isFlushed = random.next() < 0.15;
    const cancelAt = pick(random, moments);
    const pieces = isFlushed ? (text.match(/[^.?!…:]+\S*\s*/g) ?? [text]) : randomPieces(random, text);
    return {
      text,
      pieces,
      isFlushed,
      cancelAt,
      cancelBy: pick(random, ['cancel', 'break', 'signal', 'dispose']),
      cancelAfter: random.between(0, cancelAt === 'in the middle' ? 8 : Math.min(6, pieces.length - 1)),
      pauses: pieces.map(() => (random.next() < 0.2 ? random.between(0, 4) : 0)),
    };
  });
}

function randomText(random: SeededRandom): string {
  const sentences = Array.from({ length: random.between(1, 4) }, () => {
    const sentence = Array.from({ length: random.between(1, 14) }, () =>
      pick(random, random.next() < 0.04 ? figures : words),
    );
    const comma = random.between(0, sentence.length * 2);
    const spoken = sentence.map((word, index) => (index === comma && index < sentence.length - 1 ? `${word},` : word));
    return spoken.join(' ') + pick(random, sentenceEnds);
  });
  return sentences.join('').trimEnd();
}

function randomPieces(random: SeededRandom, text: string): string[] {
  const longest = random.between(1, 24);
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const piece = text.slice(at, at + random.between(1, longest));
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  return items[random.between(0, items.length - 1)]!;
}
