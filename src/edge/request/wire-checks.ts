/** Whether a value of a page's is what a field of the service's may hold. */
export type Check = (value: unknown) => boolean;

/** Whether it is text. */
export const isText: Check = (value) => typeof value === 'string';

/** Whether it is a number that JSON can hold: `1e999`, which it parses as infinity, is none. */
export const isNumber: Check = (value) => Number.isFinite(value);

/** Whether it is true or false. */
export const isFlag: Check = (value) => typeof value === 'boolean';

/** Whether it is an id of the service's. */
export const isId: Check = (value) => typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value);

/** A check that null passes too. */
export function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

/** A check for a list of at most so many items. */
export function listOf(most: number, check: Check): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(check);
}

/** A check for an object that holds these fields or some of them, and no other. */
export function objectOf(fields: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, item]) => Object.hasOwn(fields, name) && fields[name]?.(item) === true);
}

/** Whether it is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it tells how a voice speaks. */
export const isVoiceSettings: Check = objectOf({
  stability: orNull(isNumber),
  similarity_boost: orNull(isNumber),
  style: orNull(isNumber),
  speed: orNull(isNumber),
  use_speaker_boost: orNull(isFlag),
});

/** Whether it tells which dictionaries a voice reads by. */
export const isLocators: Check = listOf(10, objectOf({ pronunciation_dictionary_id: isId, version_id: orNull(isId) }));

/** Text with U+FFFD in place of half a surrogate pair, which is no character; so it keeps its place for the alignment. */
export function wholeCharacters(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}
