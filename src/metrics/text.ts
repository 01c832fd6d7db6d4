/** Escapes a label value for the text formats: backslash, line feed, double quote. */
export function escapeLabelValue(value: string): string {
  return NEEDS_ESCAPE.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
    : value;
}
const NEEDS_ESCAPE = /[\\\n"]/;

/** A sample value: integers and floats as JavaScript writes them, `NaN`, `+Inf` and `-Inf`. */
export function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** A bucket bound in OpenMetrics' canonical float form: `1` is `1.0`. */
export function formatCanonicalFloat(value: number): string {
  const text = formatValue(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
