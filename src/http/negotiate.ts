import type { ExpositionFormat } from '../metrics/render.js';

interface Preference {
  readonly value: string;
  readonly params: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * The exposition format a client prefers. Text, unless OpenMetrics 1.0 is asked for by name with at least
 * the same weight: a browser's wildcard gets the text a person can read.
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  let openMetrics = 0;
  let text = 0;
  for (const { value, params, quality } of preferences(accept)) {
    if (value === 'application/openmetrics-text') {
      const version = params.get('version');
      if (version === undefined || version.startsWith('1.')) openMetrics = Math.max(openMetrics, quality);
    } else if (value === 'text/plain' || value === 'text/*' || value === '*/*') {
      text = Math.max(text, quality);
    }
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

/** Whether a client asks for gzip. */
export function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  const codings = preferences(Array.isArray(acceptEncoding) ? acceptEncoding.join() : acceptEncoding);
  const gzip = codings.find(({ value }) => value === 'gzip' || value === 'x-gzip') ?? codings.find(({ value }) => value === '*');
  return gzip !== undefined && gzip.quality > 0;
}

/** The entries of an `Accept…` header. Headers are short (Node caps them), so splitting is enough. */
function preferences(header: string | undefined): Preference[] {
  if (!header) return [];
  return header.split(',').map(entry => {
    const [value = '', ...rest] = entry.split(';').map(part => part.trim().toLowerCase());
    const params = new Map(rest.map(param => [param.split('=', 1)[0] ?? '', param.slice(param.indexOf('=') + 1).replaceAll('"', '')]));
    const quality = Number(params.get('q') ?? 1);
    return { value, params, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}
