/** The spellings of each consonant of the CMU set, most usual first. */
const consonants = new Map(
  Object.entries({
    b: 'b bb',
    ch: 'ch tch t c',
    d: 'd dd ed',
    dh: 'th',
    f: 'f ff ph gh',
    g: 'g gg gh gu',
    hh: 'h wh',
    jh: 'j g ge dge dg d',
    k: 'c k ck cc ch q qu',
    l: 'l ll',
    m: 'm mm mb mn',
    n: 'n nn kn gn',
    ng: 'ng n',
    p: 'p pp',
    r: 'r rr wr rh',
    s: 's ss c ce se sc',
    sh: 'sh ti ci ssi si ch s',
    t: 't tt ed th',
    th: 'th',
    v: 'v ve f',
    w: 'w wh u o',
    y: 'y i u',
    z: 'z zz s se',
    zh: 'si s ge g z',
  }).map(([phone, spellings]) => [phone, new Set(spellings.split(' '))]),
);

const impossible = 9;

/** How badly `letters` (0 to 3 of them, lower case) spell `phones` (0 to 2): 0 is the plain case, 9 does not happen. */
export function spellingCost(letters: string, phones: readonly string[]): number {
  const [first, second] = phones;
  if (first === undefined) return silentCost(letters);
  if (second !== undefined) return pairCost(letters, first, second);
  if (letters === '') return 2.2;
  const lengthCost = 0.1 * (letters.length - 1);
  if (!consonants.has(first)) return vowelCost(letters, first, lengthCost);
  return consonants.get(first)?.has(letters) === true ? lengthCost : 3 + 0.3 * letters.length;
}

function silentCost(letters: string): number {
  if (letters.length !== 1) return impossible;
  if (/[eh]/.test(letters)) return 0.7;
  return /[bgknptw]/.test(letters) ? 1 : 1.4;
}

function vowelCost(letters: string, phone: string, lengthCost: number): number {
  if (/^[aeiouyw]+$/.test(letters)) return lengthCost;
  if (phone === 'er' && /^[aeiou]+r(?:e|r)?$/.test(letters)) return 0.2;
  if (phone === 'er' && letters.includes('r')) return 0.4;
  return /^[aeiou]+(?:gh|ugh|l)$/.test(letters) ? 0.2 : 3.2;
}

/** One letter that stands for two phones: the x of "box", the u of "use", the l of "table". */
function pairCost(letters: string, first: string, second: string): number {
  if (letters === 'x') return /^(?:k s|g z|k sh)$/.test(`${first} ${second}`) ? 0 : 3;
  if (letters === 'u' || letters === 'o') return first === 'y' || first === 'w' ? 0.3 : 3;
  if (letters === 'l' || letters === 'm') return first === 'ax' ? 0.6 : 3;
  return letters.length === 1 ? 3 : impossible;
}
