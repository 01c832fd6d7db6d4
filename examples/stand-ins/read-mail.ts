/** What a mail program shows first. */
export interface Mail {
  readonly subject: string;
  /** Its plain text; '' where it has none. */
  readonly text: string;
}

interface Entity {
  /** By name in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads subject and plain text of a mail: as much of MIME as that takes. @param source as it came by SMTP */
export function readMail(source: string): Mail {
  const mail = entityIn(source);
  return { subject: wordsIn(mail.headers.get('subject') ?? ''), text: textIn(mail) ?? '' };
}

function textIn({ headers, body }: Entity): string | undefined {
  const type = headers.get('content-type') ?? 'text/plain';
  const [, boundary] = /^multipart\/.*\bboundary="?([^";]+)/i.exec(type) ?? [];
  if (boundary !== undefined) {
    // Before the first boundary and after the last one stands nothing of the mail.
    const parts = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1, -1);
    for (const part of parts) {
      const text = textIn(entityIn(part.replace(/^[ \t]*\r\n/, '')));
      if (text !== undefined) return text;
    }
    return undefined;
  }
  return /^text\/plain/i.test(type) ? decoded(body, headers.get('content-transfer-encoding') ?? '').replaceAll('\r\n', '\n') : undefined;
}

function entityIn(source: string): Entity {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: rest.join('\r\n\r\n') };
}

/** A header's encoded words (RFC 2047). A character may be divided between two of them. */
function wordsIn(header: string): string {
  const joined = header.replace(/(\?=)\s+(?==\?)/g, '$1');
  return joined.replace(/(?:=\?utf-8\?[bq]\?[^?]*\?=)+/gi, words =>
    Buffer.concat(
      [...words.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, encoding = '', word = '']) =>
        encoding.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : quotedPrintable(word.replaceAll('_', ' ')),
      ),
    ).toString(),
  );
}

function decoded(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString();
    case 'quoted-printable':
      return quotedPrintable(body.replace(/=[ \t]*\r\n/g, '')).toString();
    default:
      return body;
  }
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replace(/=([\dA-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1');
}
