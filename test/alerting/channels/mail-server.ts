import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A mail as it came. */
interface GotMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Names in small letters; values unfolded, with encoded words decoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lines of the header, as they came. */
  readonly headerLines: readonly string[];
  readonly text: string;
  readonly html: string;
}

export interface MailServer {
  readonly port: number;
  readonly got: GotMail[];
  /** Connections that are open. */
  readonly open: () => number;
}

/** An SMTP server on this machine, until the test is over. It takes everything, without TLS, unless told otherwise. */
export async function aMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const got: GotMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        got.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...parsed(Buffer.concat(chunks).toString()) });
        done();
      });
    },
    ...options,
  });
  // A client that breaks off is a part of some tests.
  server.on('error', () => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, got, open: () => server.connections.size };
}

function parsed(source: string): Pick<GotMail, 'headers' | 'headerLines' | 'text' | 'html'> {
  const { lines, headers, body } = entity(source);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts = body.split(`--${boundary}`).slice(1, -1).map(part => entity(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const ofType = (type: string): string => {
    const part = parts.find(({ headers }) => headers['content-type']?.startsWith(type));
    return part === undefined ? '' : decoded(part.body, part.headers['content-transfer-encoding'] ?? '7bit');
  };
  return { headers, headerLines: lines, text: ofType('text/plain'), html: ofType('text/html') };
}

function entity(source: string): { lines: string[]; headers: Record<string, string>; body: string } {
  const end = source.indexOf('\r\n\r\n');
  const lines = source.slice(0, end).split('\r\n');
  const unfolded = source.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = unfolded.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), words(line.slice(line.indexOf(':') + 1).trim())] as const);
  return { lines, headers: Object.fromEntries(headers), body: source.slice(end + 4) };
}

/** Encoded words: RFC 2047. */
function words(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/((?:=\?utf-8\?[bq]\?[^?]*\?=)+)/gi, all =>
      Buffer.concat([...all.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, kind = '', word = '']) => (/b/i.test(kind) ? Buffer.from(word, 'base64') : quoted(word.replaceAll('_', ' '))))).toString(),
    );
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? quoted(body.replaceAll('=\r\n', '')).toString() : body;
}

function quoted(text: string): Buffer {
  return Buffer.from(text.replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');
}
