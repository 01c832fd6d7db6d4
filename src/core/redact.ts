const MASK = '[redacted]';

/** A value: masked already, in quotes, in the escaped quotes of JSON within a string, or up to the next separator. */
const VALUE = String.raw`(?:\[redacted\]|\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"'})\]]+)`;
/** What stands between a name and its value. */
const IS = String.raw`(?:\\{0,3}["'])?\s{0,4}[=:]\s{0,4}`;

/**
 * What looks like a secret in free text. Each keeps the part that tells what it was
 * and masks the value. Linear patterns only: messages come from anywhere.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // Private keys in PEM, also when cut off
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, MASK],
  // user:password@ in any URL; the password may hold @, and what should have been escaped
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#"<>]{1,2048}|[^\s/?#@:"<>]{0,256}:(?!\d{1,5}[/?#])[^\s"<>]{1,256})@/gi, `$1${MASK}@`],
  // Authorization and cookies: all of the line, a scheme may be any word
  [new RegExp(String.raw`\b((?:authorization|cookie)${IS})(?:${VALUE}(?=["'\s]*[,}\])])|[^\r\n]+)`, 'gi'), `$1${MASK}`],
  // Bearer …, Basic …
  [/\b(bearer|basic)\s{1,4}[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  // password=…, "api_key": "…", access_token: …
  [
    new RegExp(
      String.raw`((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private)[_-]?key|credential|signature|[?&](?:sign|sig|key))${IS})${VALUE}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  // The secret paths of webhooks: Slack, Discord, Feishu, Telegram
  [
    /(hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/|\/bot\/v2\/hook\/|api\.telegram\.org\/bot)[^\s"'<>?]+/gi,
    `$1${MASK}`,
  ],
  // Keys with well-known beginnings (OpenAI, GitHub, Slack, AWS, Google)
  [
    /\b(?:sk|pk|rk)[-_][\w-]{16,}|\bgh[oprsu]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abeprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/g,
    MASK,
  ],
  // JSON Web Tokens; only from the beginning of a word, or a long word would be read again and again
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
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
