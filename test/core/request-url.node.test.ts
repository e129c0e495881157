import { describe, expect, test } from 'vitest';
import { pathSegment } from '../../src/core/path-segment.ts';
import { requestUrl } from '../../src/core/request-url.ts';

describe('pathSegment', () => {
  test.each([
    ['21m00Tcm4TlvDq8ikWAM', '21m00Tcm4TlvDq8ikWAM'],
    ['a b?c#d', 'a%20b%3Fc%23d'],
    ['%2e%2e', '%252e%252e'],
    ['...', '...'],
    ['Zoë 👩', 'Zo%C3%AB%20%F0%9F%91%A9'],
    ["it's(1)*!~", "it's(1)*!~"],
  ])('encodes %j', (id, segment) => {
    expect(pathSegment('voiceId', id)).toBe(segment);
    expect(new URL(requestUrl('http://host/base', `/v1/${segment}/stream`)).pathname).toBe(
      `/base/v1/${segment}/stream`,
    );
  });

  test.each([
    '',
    '.',
    '..',
    'a/b',
    '/',
    'a\\b',
    '..\\x',
    '.\t.',
    'a\nb',
    'a\0',
    '\x7f',
    '\x85',
    '\ud800',
    undefined,
    null,
    7,
  ])('refuses %j and says what to do', (id) => {
    expect(() => pathSegment('voiceId', id as string)).toThrow(
      new TypeError('voiceId is not an id: pass it as the service gave it, without slashes.'),
    );
  });
});

describe('requestUrl', () => {
  test('repeats the names of arrays and leaves out what is not there', () => {
    const query = { a: [1, 'x y'], b: undefined, c: null, d: false, e: 0, f: '', g: [] };
    expect(requestUrl('http://host', '/v2/voices', query)).toBe('http://host/v2/voices?a=1&a=x+y&d=false&e=0&f=');
  });

  test.each(['/v1/../user', '/v1/..', '/v1/./x', '/v1/a?b', '/v1/a#b', '/v1/%2e%2e/user', '/v1/a\\b'])(
    'refuses the path %s, which leads elsewhere',
    (path) => {
      expect(() => requestUrl('http://host/base', path)).toThrow(TypeError);
    },
  );
});
