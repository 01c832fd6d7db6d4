/** Alerts come from anywhere; no message shows more of one text. */
const MAX_LENGTH = 20_000;

/** A surrogate without its partner: not a character, and refused by some services. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
const LINE_BREAKS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
// eslint-disable-next-line no-control-regex -- these are what is taken out
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufeff]/g;
/** They make a text look like another one: its end is shown before its beginning. */
const BIDI_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text of an alert without what no markup can escape: control characters, halves of characters, reversed writing. */
export function cleanText(text: unknown): string {
  return textOf(text)
    .replace(LONE_SURROGATES, '\ufffd')
    .replace(LINE_BREAKS, '\n')
    .replace(/\t/g, ' ')
    .replace(CONTROLS, '')
    .replace(BIDI_OVERRIDES, '')
    .split('\n')
    .map(line => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The same in one line. */
export function cleanLine(text: unknown): string {
  return cleanText(text).replace(/\n+/g, ' ');
}

/** A template of the app's may give what is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_LENGTH);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** No character that people make is longer than a family of emoji; what goes on is a joke, and is cut anywhere. */
const LONGEST_CHARACTER = 64;

let graphemes: Intl.Segmenter | undefined;

/**
 * A text of at most `maxLength` UTF-16 units, `…` included. It never ends within what a reader takes for one
 * character: an emoji with its skin tone, a letter with its accent, a flag.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const room = maxLength - 1;
  if (room < 0) return '';
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const around = text.slice(0, room + LONGEST_CHARACTER);
  let end = graphemes.segment(around).containing(room)?.index ?? room;
  if (room - end >= LONGEST_CHARACTER) end = room;
  // Never within a surrogate pair.
  if (/^[\udc00-\udfff]/.test(text.slice(end)) && /[\ud800-\udbff]$/.test(text.slice(0, end))) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}
