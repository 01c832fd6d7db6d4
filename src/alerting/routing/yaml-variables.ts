import { InvalidOptionError, NOT_SHOWN } from '../../core/errors.js';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Puts values in place of each `${NAME}` in the texts of a tree, once it is read: no value can add to what is written.
 *
 * @param path where the tree stands, for the error
 * @throws InvalidOptionError for a variable that is not set
 */
export function withVariables(tree: unknown, env: Readonly<Record<string, string | undefined>>, path: string): unknown {
  if (typeof tree === 'string') {
    return tree.replace(VARIABLE, (_, name: string) => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined) throw new InvalidOptionError(path, NOT_SHOWN, `the environment has no ${name}`);
      return value;
    });
  }
  if (Array.isArray(tree)) return tree.map((entry, i) => withVariables(entry, env, `${path}[${i}]`));
  if (typeof tree !== 'object' || tree === null) return tree;
  const joined = (name: string): string => (path.endsWith(':') ? `${path} ${name}` : `${path}.${name}`);
  return Object.fromEntries(Object.entries(tree).map(([name, entry]) => [name, withVariables(entry, env, joined(name))]));
}
