import { createHash, createHmac } from 'node:crypto';

/** A request to one of Alibaba Cloud's APIs, for signing. */
export interface AliyunRequest {
  readonly method: string;
  /** Path of the URL. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** All of `host`, `content-type` and `x-acs-*` are signed; names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** What `x-acs-content-sha256` says. */
  readonly bodyHash: string;
}

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** SHA-256 in hexadecimal digits, as `x-acs-content-sha256` wants it. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The `Authorization` header of Alibaba Cloud's signature version 3.
 * Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
 */
export function aliyunAuthorization(request: AliyunRequest, accessKeyId: string, accessKeySecret: string): string {
  const signed = Object.keys(request.headers).filter(isSigned).sort();
  const canonical = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...signed.map(name => `${name}:${(request.headers[name] ?? '').trim()}`),
    '',
    signed.join(';'),
    request.bodyHash,
  ].join('\n');
  const signature = createHmac('sha256', accessKeySecret).update(`${ALGORITHM}\n${sha256Hex(canonical)}`).digest('hex');
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${signed.join(';')},Signature=${signature}`;
}

/** The query as it is signed, and sent: by the names, and more of it escaped than `URLSearchParams` does. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map(name => `${escape(name)}=${escape(query[name] ?? '')}`)
    .join('&');
}

function isSigned(name: string): boolean {
  return name === 'host' || name === 'content-type' || name.startsWith('x-acs-');
}

/** RFC 3986: everything but letters, digits and `-_.~`. */
function escape(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Half of a surrogate pair can't be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
