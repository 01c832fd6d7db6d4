import type { IncomingMessage, ServerResponse } from 'node:http';

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
export function declaredLength(header: unknown): number | undefined {
  if (header === undefined) return undefined;
  const length = Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** Node's own notes on a response. Undocumented, so each may be missing. */
interface ResponseInternals {
  /** The headers as they were sent. */
  readonly _header?: string | null;
  /** The length Node works out for a body given whole to `end()`. */
  readonly _contentLength?: number | null;
  /** False where a body is never sent: HEAD, 204, 304. */
  readonly _hasBody?: boolean;
}

/** Measures a response's body, from just before its headers are written. */
export class ResponseSize {
  readonly #response: ServerResponse;
  readonly #writtenBefore: number;
  readonly #socket: ServerResponse['socket'];

  constructor(response: ServerResponse) {
    this.#response = response;
    // The response lets go of its socket before it closes.
    this.#socket = response.socket;
    this.#writtenBefore = this.#socket?.bytesWritten ?? 0;
  }

  /**
   * Bytes of the body, as sent. A body without a declared length is measured on the socket,
   * with the few bytes of its chunk framing.
   * @param isComplete whether the whole response was sent
   */
  read(isComplete: boolean): number {
    const response = this.#response as ServerResponse & ResponseInternals;
    if (response._hasBody === false) return 0;
    const declared = declaredLength(response.getHeader('content-length')) ?? response._contentLength ?? undefined;
    if (isComplete && declared !== undefined) return declared;
    const sent = (this.#socket?.bytesWritten ?? 0) - this.#writtenBefore - (response._header?.length ?? 0);
    return sent > 0 ? Math.min(sent, declared ?? sent) : 0;
  }
}
