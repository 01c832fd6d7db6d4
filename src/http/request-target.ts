/** The path of a request's target: without the query, and without scheme and host in the absolute form. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (path.startsWith('/')) return path;
  const host = path.indexOf('://');
  const slash = host < 0 ? -1 : path.indexOf('/', host + 3);
  return slash < 0 ? '/' : path.slice(slash);
}
