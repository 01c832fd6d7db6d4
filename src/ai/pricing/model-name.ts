/** A longer name is taken as it is. */
const LONGEST = 200;

/** What stands in front of a model's name in the ids of gateways: `openai/gpt-4o`, `vertex_ai/gemini-2.5-pro`. */
const PREFIXES: ReadonlySet<string> = new Set(
  (
    'openai azure azure_ai anthropic google gemini vertex vertex_ai mistral mistralai deepseek cohere x-ai xai qwen alibaba ' +
    'dashscope z-ai zai zhipu zhipuai moonshot moonshotai amazon aws bedrock groq openrouter'
  ).split(' '),
);

const YEAR = '20\\d\\d';
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';

/**
 * The release of a name: `-2024-08-06`, `-20250514`, `@20250514`, `-250414`, `-0613`, `-08-2024`, `-preview-05-20`,
 * `-001`, `-latest`. A year and a month alone (`mistral-large-2512`) are none: Mistral and Qwen name models of
 * other prices so. Neither is a word (`-preview`, `-mini`, `-audio`).
 */
const RELEASE = new RegExp(
  `(?:-${YEAR}-${MONTH}-${DAY}|[-@]${YEAR}${MONTH}${DAY}|-2\\d${MONTH}${DAY}|-${MONTH}${DAY}|[-@]00\\d|-latest|@default)$`,
);
/** Google's releases of a preview, whose `-preview` goes with them. */
const PREVIEW = new RegExp(`-preview(-(?:${MONTH}-${DAY}|${MONTH}-${YEAR}))?$`);
/** Cohere's: `command-r-08-2024`. */
const MONTH_AND_YEAR = new RegExp(`-${MONTH}-${YEAR}$`);

/**
 * One spelling of the many: small letters, and versions with a hyphen. (Anthropic calls a model
 * `claude-sonnet-4-5` that gateways call `claude-sonnet-4.5`.)
 */
export function canonicalName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/(\d)\.(?=\d)/g, '$1-');
}

/**
 * Names under which the price of a model may stand, the most particular first: the name as it is, then without its
 * release, then the same without what a gateway or a cloud puts around it. Only whole parts are taken off: a
 * shorter name that the longer one happens to begin with (`gpt-4o` of `gpt-4o-audio-preview`) is another model.
 * A variant after a colon (`:free`, `:thinking`) is one too, and a fine-tuned model never gets its base's price.
 *
 * @example modelNames('us.anthropic.claude-sonnet-4-5-20250929-v1:0').at(-1) // 'claude-sonnet-4-5'
 */
export function modelNames(model: string): readonly string[] {
  const whole = canonicalName(model);
  if (whole.length > LONGEST) return [whole];
  const names = new Set<string>();
  for (let name: string | undefined = whole; name !== undefined; name = unwrapped(name)) {
    names.add(name);
    for (const shorter of withoutRelease(name)) names.add(shorter);
  }
  return [...names];
}

function withoutRelease(name: string): string[] {
  const preview = PREVIEW.exec(name);
  if (preview?.[1] !== undefined) return [name.slice(0, -preview[1].length), name.slice(0, preview.index)];
  const release = RELEASE.exec(name) ?? MONTH_AND_YEAR.exec(name);
  return release === null || release.index === 0 ? [] : [name.slice(0, release.index)];
}

/** The name inside of a wrapped one; `undefined` where nothing is around it. */
function unwrapped(name: string): string | undefined {
  // ft:gpt-4o-mini-2024-07-18:acme::id
  if (name.startsWith('ft:')) return inner(name, /^(ft:[^:]+):.*$/);
  // arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.…
  // models/…, publishers/google/models/…, accounts/fireworks/models/…
  const path = inner(name, /^arn:[^/]*\/(.+)$/) ?? inner(name, /^(?:.*\/)?models\/(.+)$/);
  if (path !== undefined) return path;
  const slash = name.indexOf('/');
  if (slash > 0) return PREFIXES.has(name.slice(0, slash)) ? name.slice(slash + 1) : undefined;
  return insideBedrock(name);
}

/** Bedrock's ids: a region or `global`, the maker, the model, its version. */
function insideBedrock(name: string): string | undefined {
  return (
    // amazon.nova-pro-v1:0; the versions of Amazon's own models are models of their own, Claude's are not.
    inner(name, /^((?:[a-z-]+\.)?[a-z0-9-]+\.[\w.-]+):\d+(?::\w+)?$/) ??
    inner(name, /^(.*\bclaude-.+)-v\d+$/) ??
    // Global inference has the maker's own price, regions may have a higher one.
    inner(name, /^global\.(?:anthropic|openai)\.(.+)$/) ??
    inner(name, /^(?:us|us-gov|eu|apac|ap|jp|au|ca|sa|in)\.([a-z0-9-]+\..+)$/) ??
    inner(name, /^(?:anthropic|openai)\.(.+)$/)
  );
}

function inner(name: string, pattern: RegExp): string | undefined {
  return pattern.exec(name)?.[1];
}
