// @ts-check
// A frame of AWS's binary event streams (vnd.amazon.eventstream): lengths, headers, content, each with its checksum.
import { crc32 } from 'node:zlib';

export const EVENT_STREAM = { 'content-type': 'application/vnd.amazon.eventstream' };

const STRING = 7;

/**
 * @param {Record<string, string>} headers
 * @param {unknown} content
 */
function frame(headers, content) {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(JSON.stringify(content));
  // Two lengths and their checksum before, one checksum over all behind.
  const lengths = uint32(12 + head.length + body.length + 4, head.length);
  const message = Buffer.concat([lengths, uint32(crc32(lengths)), head, body]);
  return Buffer.concat([message, uint32(crc32(message))]);
}

/**
 * An event of a response.
 *
 * @param {string} type
 * @param {unknown} content
 */
export const eventFrame = (type, content) =>
  frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, content);

/**
 * The error that ends a response.
 *
 * @param {string} type
 * @param {unknown} content
 */
export const exceptionFrame = (type, content) =>
  frame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, content);

/**
 * @param {string} name
 * @param {string} value
 */
function header(name, value) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([STRING]), length, Buffer.from(value)]);
}

/** @param {number[]} values */
function uint32(...values) {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
  return bytes;
}
