import type { IncomingMessage } from 'node:http';

/** Methods whose requests have no body worth counting; they skip the work. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Counts the bytes of a request's body as they arrive. */
export class BodySize {
  readonly #request: IncomingMessage;
  #arrived = 0;

  constructor(request: IncomingMessage) {
    this.#request = request;
    // Node's parser hands each piece to `push`. Listening for `data` instead would start the stream.
    const push = request.push.bind(request);
    request.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (Buffer.isBuffer(chunk)) this.#arrived += chunk.length;
      return push(chunk, encoding);
    };
  }

  /** Bytes of the body: what was declared once all of it came, else what came. */
  read(): number {
    return (this.#request.complete ? declaredLength(this.#request.headers['content-length']) : undefined) ?? this.#arrived;
  }
}

/** Watches the body of a request that may have one. */
export function watchBody(request: IncomingMessage): BodySize | undefined {
  return BODILESS.has(request.method ?? 'GET') ? undefined : new BodySize(request);
}

/** The number in a `Content-Length`; `undefined` where there is none, or nonsense. */
function declaredLength(header: unknown): number | undefined {
  if (header === undefined) return undefined;
  const length = Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Bytes of a piece of a response's body, as given to `write` or `end`. */
export function pieceLength(piece: unknown, encoding: unknown): number {
  if (typeof piece === 'string') return Buffer.byteLength(piece, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return piece instanceof Uint8Array ? piece.byteLength : 0;
}

/** Whether a response has no body, whatever is written to it. */
export function isBodiless(method: string | undefined, statusCode: number): boolean {
  return method === 'HEAD' || statusCode === 204 || statusCode === 304;
}
