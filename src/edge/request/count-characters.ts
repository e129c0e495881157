/** The characters (code points) of a text, as the service bills them; half a surrogate pair counts as one. */
export function countCharacters(text: string): number {
  let count = text.length;
  // By hand, since an iterator or a match makes a string for every character.
  for (let index = 1; index < text.length; index += 1) {
    if (isLow(text.charCodeAt(index)) && isHigh(text.charCodeAt(index - 1))) count -= 1;
  }
  return count;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
