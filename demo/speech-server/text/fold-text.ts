/** A text as printable ASCII, each of whose characters knows which character of the text it stands for. */
export interface FoldedText {
  readonly ascii: string;
  /** For every character of `ascii`, an index into the text's characters. */
  readonly sources: readonly number[];
}

const replacements = new Map(
  Object.entries({
    '‘': "'",
    '’': "'",
    ʼ: "'",
    '“': '"',
    '”': '"',
    '„': '"',
    '«': '"',
    '»': '"',
    '‐': '-',
    '‑': '-',
    '–': '-',
    '−': '-',
    '⁄': '/',
    '…': '...',
    '&': ' and ',
    ß: 'ss',
    æ: 'ae',
    Æ: 'AE',
    œ: 'oe',
    Œ: 'OE',
    ø: 'o',
    Ø: 'O',
    ł: 'l',
    Ł: 'L',
    đ: 'd',
    Đ: 'D',
    ð: 'd',
    Ð: 'D',
    þ: 'th',
    Þ: 'Th',
    ı: 'i',
    '°': ' degrees ',
    '×': ' times ',
    '÷': ' divided by ',
    '©': ' copyright ',
    '™': ' trademark ',
  }),
);

const currencies = new Map([
  ['€', 'euros'],
  ['£', 'pounds'],
  ['¥', 'yen'],
]);

const isSpeakable = /[a-z0-9]/i;

/** Whether the engine would find anything to say in `ascii`. */
export function hasSpeech(ascii: string): boolean {
  return isSpeakable.test(ascii);
}

/**
 * `characters` (one code point each) in the engine's alphabet: accents go, typographic marks become plain ones, what can't
 * be spoken becomes a space.
 */
export function foldText(characters: readonly string[]): FoldedText {
  let ascii = '';
  const sources: number[] = [];
  const append = (text: string, source: number): void => {
    ascii += text;
    for (let count = 0; count < text.length; count++) sources.push(source);
  };
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const currency = currencies.get(character);
    if (currency !== undefined) {
      const length = amountLength(characters, index + 1);
      append(' ', index);
      for (const end = index + length; index < end;) append(characters[++index] ?? '', index);
      append(` ${currency} `, index);
    } else if (character === '—') {
      // Only a comma that touches the word makes the engine pause.
      ascii = ascii.trimEnd();
      sources.length = ascii.length;
      append(isSpeakable.test(ascii.at(-1) ?? '') ? ', ' : ' ', index);
    } else {
      append(foldCharacter(character), index);
    }
  }
  return { ascii, sources };
}

function foldCharacter(character: string): string {
  const replacement = replacements.get(character);
  if (replacement !== undefined) return replacement;
  if (/^[\x21-\x7e]$/.test(character)) return character;
  // Marks, joiners and variation selectors belong to the character before them.
  if (/^[\p{M}\p{Cf}]$/u.test(character)) return '';
  const plain = Array.from(
    character.normalize('NFKD').replace(/\p{M}/gu, ''),
    (part) => replacements.get(part) ?? part,
  );
  const folded = plain
    .join('')
    .replace(/[^\x21-\x7e]/g, ' ')
    .trim();
  return folded === '' ? ' ' : folded;
}

/** How many characters from `start` make an amount: `1,234.56`. The full stop after an amount is none of it. */
function amountLength(characters: readonly string[], start: number): number {
  const following = characters.slice(start, start + 20).join('');
  return /^\d[\d,]*(?:\.\d+)?/.exec(following)?.[0].length ?? 0;
}
