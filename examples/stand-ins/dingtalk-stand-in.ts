import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RobotQuota } from './dingtalk-quota.js';
import { checkSignature, readMessage, RobotRefusal, type RobotMessage } from './dingtalk-request.js';

/** Settings of a stand-in. All of them may be left out. */
export interface DingTalkStandInOptions {
  /** Told of each message that was taken: the group's members, as it were. */
  readonly onMessage?: (message: RobotMessage) => void;
  /** Told of each that was not. */
  readonly onRefusal?: (refusal: RobotRefusal) => void;
  /** The time, for tests. Default: the system's. */
  readonly now?: () => number;
}

const OVER_QUOTA = 'send too fast, exceed 20 times per minute';

/**
 * NOT DingTalk: a server on this machine that answers as a robot of a DingTalk group does whose security setting is the
 * signature, so that the examples need no group, and nobody's phone rings. It takes what DingTalk would take, and
 * refuses the rest with DingTalk's codes. Source: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
 */
export class DingTalkStandIn implements AsyncDisposable {
  /** As DingTalk gives it to who makes a robot; another one each time. */
  readonly secret: string = `SEC${randomBytes(32).toString('hex')}`;
  readonly #accessToken = randomBytes(32).toString('hex');
  readonly #server: Server;
  readonly #options: DingTalkStandInOptions;
  readonly #now: () => number;
  readonly #quota = new RobotQuota();
  #taken = 0;

  /** Use {@link startDingTalkStandIn}. */
  constructor(options: DingTalkStandInOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** For the channel: `http://127.0.0.1:49152/robot/send?access_token=…`. */
  get webhookUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/robot/send?access_token=${this.#accessToken}`;
  }

  /** Messages that were taken. */
  get taken(): number {
    return this.#taken;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method !== 'POST' || pathname !== '/robot/send') {
      response.writeHead(404).end('The stand-in answers POST /robot/send only.\n');
      return;
    }
    try {
      const message = this.#take(searchParams, request.headers['content-type'], await text(request));
      this.#taken += 1;
      this.#options.onMessage?.(message);
      say(response, 0, 'ok');
    } catch (error) {
      if (!(error instanceof RobotRefusal)) {
        response.destroy();
        return;
      }
      this.#options.onRefusal?.(error);
      say(response, error.errcode, error.message);
    }
  }

  /** @throws RobotRefusal */
  #take(query: URLSearchParams, contentType: string | undefined, body: string): RobotMessage {
    const now = this.#now();
    if (query.get('access_token') !== this.#accessToken) throw new RobotRefusal(300001, 'token is not exist');
    checkSignature(query, this.secret, now);
    if (this.#quota.isShut(now)) throw new RobotRefusal(130101, OVER_QUOTA);
    const message = readMessage(contentType, body);
    if (!this.#quota.take(now)) throw new RobotRefusal(130101, OVER_QUOTA);
    return message;
  }
}

/** Starts a stand-in on a free port of this machine's. */
export async function startDingTalkStandIn(options: DingTalkStandInOptions = {}): Promise<DingTalkStandIn> {
  const standIn = new DingTalkStandIn(options);
  await standIn.listen();
  return standIn;
}

function say(response: ServerResponse, errcode: number, errmsg: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ errcode, errmsg }));
}
