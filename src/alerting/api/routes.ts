import type { Reply } from './reply.js';

/** A request that may be served. */
export interface Call {
  /** Parts of the path where the route has `:name`, in their order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** What the JSON of the body stands for. */
  readonly body: unknown;
  /** Who asks, where `authorize` says so. */
  readonly user: string | undefined;
}

/** One thing that can be asked of an API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/alerts/:id`. */
  readonly path: string;
  /** Default: 64 KiB. */
  readonly maxBytes?: number;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** What a path leads to: the route of the method, and all methods that there are. */
export interface Found {
  readonly route: Route | undefined;
  readonly params: readonly string[];
  /** For `Allow`. */
  readonly methods: readonly string[];
}

/** @returns `undefined` for a path that leads nowhere */
export function findRoute(routes: readonly Route[], method: string, path: string): Found | undefined {
  const parts = partsOf(path);
  const matching = routes.flatMap(route => {
    const params = parts && paramsOf(route.path, parts);
    return params === undefined ? [] : [{ route, params }];
  });
  if (matching.length === 0) return undefined;
  const wanted = method === 'HEAD' ? 'GET' : method;
  const methods = matching.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  const found = matching.find(({ route }) => route.method === wanted);
  return { route: found?.route, params: found?.params ?? [], methods: [...methods, 'OPTIONS'] };
}

function partsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function paramsOf(pattern: string, parts: readonly string[]): readonly string[] | undefined {
  const wanted = pattern.split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: string[] = [];
  for (const [i, part] of parts.entries()) {
    const name = wanted[i] as string;
    if (!name.startsWith(':')) {
      if (name !== part) return undefined;
    } else if (part === '') return undefined;
    else params.push(part);
  }
  return params;
}
