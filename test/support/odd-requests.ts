import { gzipSync } from 'node:zlib';

const close = 'Host: x\r\nConnection: close\r\n';

/** Requests that no well-behaved client sends, or few do; after each the connection is closed. */
export const oddRequests: readonly (readonly [name: string, raw: string | Buffer])[] = [
  ['plain', `GET /ok HTTP/1.1\r\n${close}\r\n`],
  ['HEAD', `HEAD /ok HTTP/1.1\r\n${close}\r\n`],
  ['with a query', `GET /ok?a=b&a=c&__proto__[x]=1&=%00 HTTP/1.1\r\n${close}\r\n`],
  ['a query only', `GET /?%%% HTTP/1.1\r\n${close}\r\n`],
  ['HTTP/1.0', 'GET /ok HTTP/1.0\r\n\r\n'],
  ['HTTP/1.0 kept alive', 'GET /ok HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /ok HTTP/1.0\r\n\r\n'],
  ['without a Host', 'GET /ok HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['pipelined', `GET /ok HTTP/1.1\r\nHost: x\r\n\r\nGET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\n${close}\r\n`],
  ['pipelined, the second malformed', 'GET /ok HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n'],
  ['an unknown path', `GET /nothing HTTP/1.1\r\n${close}\r\n`],
  ['a parameter', `GET /users/7 HTTP/1.1\r\n${close}\r\n`],
  ['a parameter with escapes', `GET /users/%E4%BD%A0%2F%3F%23 HTTP/1.1\r\n${close}\r\n`],
  ['a bad escape', `GET /users/%zz HTTP/1.1\r\n${close}\r\n`],
  ['half a character', `GET /users/%E4%BD HTTP/1.1\r\n${close}\r\n`],
  ['a null byte', `GET /users/%00 HTTP/1.1\r\n${close}\r\n`],
  ['a literal pattern', `GET /users/:id HTTP/1.1\r\n${close}\r\n`],
  ['dots', `GET /users/../ok HTTP/1.1\r\n${close}\r\n`],
  ['encoded dots', `GET /users/%2e%2e/ok HTTP/1.1\r\n${close}\r\n`],
  ['double slashes', `GET //ok HTTP/1.1\r\n${close}\r\n`],
  ['another host in the path', `GET //example.com/ok HTTP/1.1\r\n${close}\r\n`],
  ['the whole URL', `GET http://example.com/ok HTTP/1.1\r\n${close}\r\n`],
  ['the whole URL without a path', `GET http://example.com HTTP/1.1\r\n${close}\r\n`],
  ['an odd scheme', `GET foo:bar HTTP/1.1\r\n${close}\r\n`],
  ['OPTIONS of all', `OPTIONS * HTTP/1.1\r\n${close}\r\n`],
  ['OPTIONS of a route', `OPTIONS /users/7 HTTP/1.1\r\n${close}\r\n`],
  ['another method', `DELETE /ok HTTP/1.1\r\n${close}\r\n`],
  ['a rare method', `PROPFIND /ok HTTP/1.1\r\n${close}\r\n`],
  ['a method nobody knows', `BREW /ok HTTP/1.1\r\n${close}\r\n`],
  ['a method in lower case', `get /ok HTTP/1.1\r\n${close}\r\n`],
  ['a long path', `GET /users/${'a'.repeat(10_000)} HTTP/1.1\r\n${close}\r\n`],
  ['too long a path', `GET /users/${'a'.repeat(20_000)} HTTP/1.1\r\n${close}\r\n`],
  ['bytes above ASCII in the path', Buffer.from(`GET /users/\xff\xfe HTTP/1.1\r\n${close}\r\n`, 'latin1')],
  ['bytes above ASCII in a header', Buffer.from(`GET /ok HTTP/1.1\r\nX-A: \xff\xfe\r\n${close}\r\n`, 'latin1')],
  ['large headers', `GET /ok HTTP/1.1\r\nX-A: ${'a'.repeat(12_000)}\r\n${close}\r\n`],
  ['too large headers', `GET /ok HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n${close}\r\n`],
  ['a header twice', `GET /ok HTTP/1.1\r\nX-A: 1\r\nX-A: 2\r\nCookie: a\r\nCookie: b\r\n${close}\r\n`],
  ['a folded header', `GET /ok HTTP/1.1\r\nX-A: 1\r\n 2\r\n${close}\r\n`],
  ['a header without a value', `GET /ok HTTP/1.1\r\nX-A:\r\n${close}\r\n`],
  ['a malformed header', `GET /ok HTTP/1.1\r\nX A: 1\r\n${close}\r\n`],
  ['a body', `POST /echo HTTP/1.1\r\n${close}Content-Length: 5\r\n\r\nhello`],
  ['a body in chunks', `POST /echo HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  ['a compressed body', bodyOf(gzipSync('hello'), 'Content-Encoding: gzip\r\n')],
  ['a bad chunk', `POST /echo HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n`],
  ['two lengths', `POST /echo HTTP/1.1\r\n${close}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['a length and chunks', `POST /echo HTTP/1.1\r\n${close}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a body with GET', `GET /ok HTTP/1.1\r\n${close}Content-Length: 5\r\n\r\nhello`],
  ['a body that nobody reads', `POST /ok HTTP/1.1\r\n${close}Content-Length: 5\r\n\r\nhello`],
  ['an expectation nobody meets', `GET /ok HTTP/1.1\r\n${close}Expect: miracles\r\n\r\n`],
  ['an upgrade nobody takes', 'GET /ok HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n'],
  ['a condition that holds', `GET /etag HTTP/1.1\r\n${close}If-None-Match: "v1"\r\n\r\n`],
  ['an event stream', `GET /events HTTP/1.1\r\n${close}\r\n`],
  ['no content', `GET /none HTTP/1.1\r\n${close}\r\n`],
  ['a redirect', `GET /moved HTTP/1.1\r\n${close}\r\n`],
  ['a stream', `GET /stream HTTP/1.1\r\n${close}\r\n`],
  ['a stream to HTTP/1.0', 'GET /stream HTTP/1.0\r\n\r\n'],
  ['HEAD of a stream', `HEAD /stream HTTP/1.1\r\n${close}\r\n`],
  ['an error', `GET /error HTTP/1.1\r\n${close}\r\n`],
  ['an error that comes late', `GET /late-error HTTP/1.1\r\n${close}\r\n`],
  ['an error with a status', `GET /teapot HTTP/1.1\r\n${close}\r\n`],
  ['an error after the headers', `GET /half HTTP/1.1\r\n${close}\r\n`],
  ['an error that is a text', `GET /thrown/text HTTP/1.1\r\n${close}\r\n`],
  ['an error that is undefined', `GET /thrown/undefined HTTP/1.1\r\n${close}\r\n`],
  ['an error that is null', `GET /thrown/null HTTP/1.1\r\n${close}\r\n`],
  ['an error that is 0', `GET /thrown/zero HTTP/1.1\r\n${close}\r\n`],
  ['an error whose getters throw', `GET /thrown/hostile HTTP/1.1\r\n${close}\r\n`],
  ['an answer given twice', `GET /twice HTTP/1.1\r\n${close}\r\n`],
  ['an answer with odd headers', `GET /headers HTTP/1.1\r\n${close}\r\n`],
  ['a connection that is cut', `GET /cut HTTP/1.1\r\n${close}\r\n`],
  ['nonsense', 'NONSENSE\r\n\r\n'],
  ['the beginning of TLS', Buffer.from('160301020001000001fc0303', 'hex')],
];

function bodyOf(body: Buffer, headers: string): Buffer {
  return Buffer.concat([Buffer.from(`POST /echo HTTP/1.1\r\n${close}${headers}Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** What an app may throw that is no error. */
export const oddErrors: Readonly<Record<string, unknown>> = {
  text: 'a text',
  undefined: undefined,
  null: null,
  zero: 0,
  hostile: Object.defineProperties({}, Object.fromEntries(['status', 'message', 'stack', 'name', 'code', 'toString', 'toJSON'].map(key => [key, { get: hostile }]))),
};

function hostile(): never {
  throw new Error('not to be read');
}

/** A raw answer without what differs from one moment to the next. */
export function comparable(answer: string): string {
  return answer.replaceAll(/^Date: .*\r\n/gm, '');
}
