import type { Labels } from './alert.js';

/**
 * The identity of a set of labels: Alertmanager's fingerprint, so that an alert has the same one on both sides.
 * FNV-1a of 64 bits over the labels in order of their names, each as `name 0xff value 0xff` in UTF-8. A label that is
 * empty counts as missing.
 *
 * @returns 16 hexadecimal digits
 */
export function fingerprintOf(labels: Labels): string {
  high = OFFSET_HIGH;
  low = OFFSET_LOW;
  for (const name of sortedNames(labels)) {
    const value = labels[name] as string;
    if (value === '') continue;
    addText(name);
    addText(value);
  }
  return hexadecimal(high) + hexadecimal(low);
}

const OFFSET_HIGH = 0xcbf29ce4 | 0;
const OFFSET_LOW = 0x84222325 | 0;

// The state of the hash as two halves of 32 bits. Outside the function, because a pair for each byte would cost more
// than the hash; nothing runs between the bytes of one fingerprint.
let high = 0;
let low = 0;

/** One step of FNV-1a: multiplies by 2⁴⁰ + 0x1b3. Quarters of 16 bits keep every product a small integer. */
function addByte(byte: number): void {
  const mixed = low ^ byte;
  const product = (mixed & 0xffff) * 0x1b3;
  const carried = (mixed >>> 16) * 0x1b3 + (product >>> 16);
  high = (Math.imul(high, 0x1b3) + (mixed << 8) + (carried >>> 16)) | 0;
  low = (carried << 16) | (product & 0xffff);
}

/** A text and what ends it: 0xff, which UTF-8 never holds. */
function addText(text: string): void {
  // `addByte` once more, on local variables: nearly all labels are ASCII, and this is three times as fast.
  let [h, l, i] = [high, low, 0];
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) break;
    const mixed = l ^ unit;
    const product = (mixed & 0xffff) * 0x1b3;
    const carried = (mixed >>> 16) * 0x1b3 + (product >>> 16);
    h = (Math.imul(h, 0x1b3) + (mixed << 8) + (carried >>> 16)) | 0;
    l = (carried << 16) | (product & 0xffff);
  }
  high = h;
  low = l;
  if (i < text.length) addAnyText(text, i);
  addByte(0xff);
}

function addAnyText(text: string, from: number): void {
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) addByte(unit);
    else if (unit < 0x800) addBytes(2, unit);
    else if ((unit & 0xf800) !== 0xd800) addBytes(3, unit);
    else {
      const point = text.codePointAt(i) as number;
      // Half a surrogate pair can't be written in UTF-8: it becomes U+FFFD, as everywhere else it is sent.
      if (point < 0x10000) addBytes(3, 0xfffd);
      else {
        addBytes(4, point);
        i++;
      }
    }
  }
}

/** A code point beyond ASCII, in UTF-8. */
function addBytes(count: 2 | 3 | 4, point: number): void {
  addByte(((0xf00 >> count) & 0xff) | (point >> (6 * (count - 1))));
  for (let shift = 6 * (count - 2); shift >= 0; shift -= 6) addByte(0x80 | ((point >> shift) & 0x3f));
}

/** By insertion, the fastest for a few that are mostly in order. */
function sortedNames(labels: Labels): readonly string[] {
  const names = Object.keys(labels);
  if (names.length > 32) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let at = i;
    while (at > 0 && (names[at - 1] as string) > name) {
      names[at] = names[at - 1] as string;
      at--;
    }
    names[at] = name;
  }
  return names;
}

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexadecimal(half: number): string {
  return `${BYTES[half >>> 24]}${BYTES[(half >>> 16) & 0xff]}${BYTES[(half >>> 8) & 0xff]}${BYTES[half & 0xff]}`;
}
