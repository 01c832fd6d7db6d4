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

/** A bucket bound or quantile in OpenMetrics' canonical form, which is Go's: `1.0`, `0.25`, `1e+06`, `1e-05`. */
export function formatCanonicalFloat(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size < 1e-4 && size > 0)) return value.toExponential().replace(/(?<=e[+-])\d$/, '0$&');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
