import { createHmac, timingSafeEqual } from 'node:crypto';

/** A message as a robot's group shows it. */
export interface RobotMessage {
  /** The line in the list of chats; '' for plain text, which has none. */
  readonly title: string;
  /** DingTalk's Markdown. */
  readonly text: string;
}

/** What DingTalk says of a message it does not take. It comes with status 200. */
export class RobotRefusal extends Error {
  readonly errcode: number;

  constructor(errcode: number, errmsg: string) {
    super(errmsg);
    this.errcode = errcode;
  }
}

/** How far a timestamp may be from now. */
const VALID_MS = 3_600_000;
const MOST_BYTES = 20_000;

/**
 * Checks `timestamp` and `sign` of a robot's address, as robots do whose security setting is the signature.
 * @throws RobotRefusal 310000
 */
export function checkSignature(query: URLSearchParams, secret: string, now: number): void {
  const timestamp = query.get('timestamp') ?? '';
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > VALID_MS) {
    throw new RobotRefusal(310000, 'invalid timestamp: it is in milliseconds, and at most an hour from now');
  }
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest();
  const given = Buffer.from(query.get('sign') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new RobotRefusal(310000, 'sign not match');
}

/** @throws RobotRefusal 43004, 460101 or 40035, for what is no message */
export function readMessage(contentType: string | undefined, body: string): RobotMessage {
  if (!/^application\/json\b/i.test(contentType ?? '')) throw new RobotRefusal(43004, 'invalid Content-Type: it must be application/json');
  if (Buffer.byteLength(body) > MOST_BYTES) throw new RobotRefusal(460101, `message too long: at most ${MOST_BYTES} bytes`);
  const { msgtype, markdown, text, at } = jsonIn(body);
  checkMentions(at);
  if (msgtype === 'markdown') return { title: textAt(markdown, 'markdown', 'title'), text: textAt(markdown, 'markdown', 'text') };
  if (msgtype === 'text') return { title: '', text: textAt(text, 'text', 'content') };
  throw new RobotRefusal(40035, "invalid parameter msgtype: the stand-in takes 'markdown' and 'text'");
}

function jsonIn(body: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RobotRefusal(40035, 'invalid parameter json: the body is no JSON object');
}

function textAt(parent: unknown, name: string, key: string): string {
  const value = (parent as Record<string, unknown> | null | undefined)?.[key];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new RobotRefusal(40035, `invalid parameter ${name}.${key}: it must be a text`);
}

function checkMentions(at: unknown): void {
  if (at === undefined) return;
  const { atMobiles = [], isAtAll = false } = Object(at) as { atMobiles?: unknown; isAtAll?: unknown };
  const areMobiles = Array.isArray(atMobiles) && atMobiles.every(each => typeof each === 'string');
  if (!areMobiles || typeof isAtAll !== 'boolean') throw new RobotRefusal(40035, 'invalid parameter at: it has a list atMobiles and a boolean isAtAll');
}
