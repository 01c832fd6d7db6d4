import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.js';
import { ApiError, ClientGoneError } from './api-error.js';

/** A body that has not come by then does not come: a slow sender holds no memory for longer. */
const LONGEST_MS = 10_000;
/** The rest of the body is not waited for. */
const CLOSE = { Connection: 'close' };

export interface BodySettings {
  /** What a body parser of the app has made of the body; looked at only where it is no longer to be read. */
  readonly parsed: unknown;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/**
 * The body of a request as what its JSON stands for; `undefined` for an empty one.
 * @throws ApiError 400, 408, 413 or 415; 500 where the app has read the body and left nothing of it
 * @throws ClientGoneError
 */
export async function readJson(request: IncomingMessage, settings: BodySettings): Promise<unknown> {
  checkType(request, 'application/json');
  const body = await bodyOf(request, settings);
  if (!Buffer.isBuffer(body)) return body;
  if (body.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ApiError(400, 'The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError(400, 'The body is not valid JSON.');
  }
}

/** The fields of a form; none for an empty body. @throws as {@link readJson} does */
export async function readForm(request: IncomingMessage, settings: BodySettings): Promise<Readonly<Record<string, unknown>>> {
  if (request.headers['content-type'] !== undefined) checkType(request, 'application/x-www-form-urlencoded');
  const body = await bodyOf(request, settings);
  if (Buffer.isBuffer(body)) return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/**
 * What is not JSON is refused: a page of another site can send a form or a text in the name of who looks at it, but not
 * this type.
 */
function checkType(request: IncomingMessage, wanted: string): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map(each => each.trim()).find(each => each.startsWith('charset='));
  const isKnown = charset === undefined || /^charset="?(?:utf-8|utf8|us-ascii)"?$/.test(charset);
  if (type.trim() !== wanted || !isKnown) throw new ApiError(415, `The body must be sent with Content-Type: ${wanted}, in UTF-8.`, CLOSE);
}

/** The bytes, or what a body parser has made of them. */
async function bodyOf(request: IncomingMessage, { parsed, maxBytes, clock }: BodySettings): Promise<unknown> {
  if (request.readableEnded) {
    if (parsed === undefined) {
      throw new ApiError(500, "The app has read the body before, and left nothing of it: put serveAlerts() before what reads bodies, or have it leave the body where the framework's body parsers do.");
    }
    return typeof parsed === 'string' ? Buffer.from(parsed) : parsed;
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new ApiError(415, 'The body must not be compressed.', CLOSE);
  return readBytes(request, maxBytes, clock);
}

function readBytes(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<Buffer> {
  const tooLarge = (): ApiError => new ApiError(413, `The body is too large: at most ${maxBytes} bytes are taken.`, CLOSE);
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > maxBytes) {
      reject(tooLarge());
      return;
    }
    if (request.destroyed) {
      reject(new ClientGoneError());
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void): void => {
      cancel();
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      finish();
    };
    const fail = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) fail(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle(() => {
        resolve(Buffer.concat(chunks));
      });
    };
    const onGone = (): void => {
      fail(new ClientGoneError());
    };
    const cancel = clock.schedule(() => {
      fail(new ApiError(408, `The body did not come within ${LONGEST_MS / 1_000} seconds.`, CLOSE));
    }, LONGEST_MS);
    // Stays: what nobody listens to is thrown, and a client may leave with an error at any time.
    request.on('error', onGone);
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}
