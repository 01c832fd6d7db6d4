/** A label is a name, not a text: what is longer was not meant to be one, and is kept in memory for each series. */
const LONGEST = 200;

/** A label value, as text and not longer than a label should be. Nothing is the empty text, which Prometheus takes for no label. */
export function labelText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : `${value as string}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
