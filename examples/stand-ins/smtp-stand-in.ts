import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { readMail, type Mail } from './read-mail.js';

/** A mail, and who gets it. */
export interface ReceivedMail extends Mail {
  readonly to: readonly string[];
}

const MOST_BYTES = 1_000_000;

/** NOT a mail provider: an SMTP server on this machine that takes every mail and passes none on. */
export class SmtpStandIn implements AsyncDisposable {
  readonly #server: SMTPServer;
  #taken = 0;
  #isClosed = false;

  /** Use {@link startSmtpStandIn}. */
  constructor(onMail: (mail: ReceivedMail) => void) {
    this.#server = new SMTPServer({
      // It has neither users nor a certificate.
      disabledCommands: ['AUTH', 'STARTTLS'],
      size: MOST_BYTES,
      onData: (stream, { envelope }, done) => {
        text(stream).then(source => {
          if (stream.sizeExceeded) {
            done(Object.assign(new Error(`A mail has at most ${MOST_BYTES} bytes`), { responseCode: 552 }));
            return;
          }
          this.#taken += 1;
          onMail({ ...readMail(source), to: envelope.rcptTo.map(({ address }) => address) });
          done();
        }, done);
      },
    });
    // A client that breaks off: it will try again.
    this.#server.on('error', () => {});
  }

  listen(): Promise<void> {
    return new Promise(resolve => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** For the channel: `smtp://127.0.0.1:49153`. */
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  /** Mails that were taken. */
  get taken(): number {
    return this.#taken;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await new Promise<void>(resolve => {
      this.#server.close(resolve);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Starts a stand-in on a free port of this machine's. */
export async function startSmtpStandIn(onMail: (mail: ReceivedMail) => void = () => {}): Promise<SmtpStandIn> {
  const standIn = new SmtpStandIn(onMail);
  await standIn.listen();
  return standIn;
}
