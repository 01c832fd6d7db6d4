/** A tagged template's texts, or what PGlite's template helpers make of one. */
interface Template {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * The SQL of a call by its arguments, whichever way the driver takes it: a text, a tagged template, an
 * object with `text` (pg) or `sql` (mysql2), or a stream around a cursor (pg-query-stream). '' where there
 * is none, as in a call of a prepared statement by its name.
 */
export function queryText(args: readonly unknown[]): string {
  const [statement] = args;
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null) return '';
  if (isTemplateStrings(statement)) return templateText({ strings: statement, values: args.slice(1) });
  const { text, sql, cursor } = statement as { text?: unknown; sql?: unknown; cursor?: { text?: unknown } };
  return [text, sql, cursor?.text].find(candidate => typeof candidate === 'string') ?? '';
}

/** Whether a call is one of a template tag, whose further arguments are values. */
export function isTemplateStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && 'raw' in value;
}

function templateText({ strings, values }: Template): string {
  return strings.reduce((text, next, i) => text + fragment(values[i - 1]) + next);
}

/** A placeholder for a value; the SQL of PGlite's `identifier`, `raw` and nested `sql`. */
function fragment(value: unknown): string {
  const { _templateType: type, ...rest } = (value ?? {}) as { _templateType?: unknown; str?: unknown } & Partial<Template>;
  if (type === 'part' && typeof rest.str === 'string') return rest.str;
  if (type === 'container' && rest.strings && rest.values) return templateText(rest as Template);
  return '$1';
}
