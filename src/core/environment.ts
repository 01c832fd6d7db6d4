/** Variables of the environment, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable, without blanks around it. An empty one is the same as none. */
export function variable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
