const MASK = '[redacted]';

/**
 * What looks like a secret in free text. Each keeps the part that tells what it was
 * and masks the value. Linear patterns only: messages come from anywhere.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // user:password@ in any URL
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]{1,256}@/gi, `$1${MASK}@`],
  // Authorization: Bearer …, Basic …
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  // password=…, "api_key": "…", access_token: …
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|client[_-]?secret|authorization|credential|signature|[?&]sign)["']?\s{0,4}[=:]\s{0,4})("[^"]{0,512}"|'[^']{0,512}'|[^\s,;&"'}]{1,512})/gi,
    `$1${MASK}`,
  ],
  // Keys with well-known beginnings (OpenAI, GitHub, Slack, AWS, Google)
  [/\b(?:sk|pk|rk)[-_][\w-]{16,}|\bgh[oprsu]_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/g, MASK],
  // JSON Web Tokens
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
];

/**
 * `text` with what looks like a secret masked, cut to `maxLength` characters.
 * Best effort, for messages we did not write ourselves; it never throws.
 *
 * @example redact('connect postgres://app:hunter2@db/x failed') // 'connect postgres://[redacted]@db/x failed'
 */
export function redact(text: string, maxLength = 1_024): string {
  // Cut first (with room for what masking shortens), so a huge message costs no more than a long one.
  let safe = text.length > maxLength * 2 ? text.slice(0, maxLength * 2) : text;
  for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement);
  return safe.length > maxLength || text.length > maxLength * 2 ? `${safe.slice(0, maxLength - 1)}…` : safe;
}
