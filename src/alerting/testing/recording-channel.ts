import { parseDuration, type Duration } from '../../core/duration.js';
import { InvalidOptionError } from '../../core/errors.js';
import { aBoolean, anObject, aText } from '../../core/options.js';
import { checkChannelOptions } from '../channels/channel-options.js';
import type { Channel, Delivery } from '../channels/channel.js';
import { someQuotas } from '../channels/create-channel.js';
import type { Notification } from '../notification.js';

/** What an attempt gets from a {@link RecordingChannel}. */
export type ChannelAnswer =
  /** It is kept. */
  | 'deliver'
  /** It may be tried again, as after a 503. */
  | 'fail'
  /** It may not, as after a 400. */
  | 'refuse'
  /** There is no answer at all. */
  | 'hang'
  /** `send` throws. */
  | 'throw'
  /** As after a 429: the service asks to come back. */
  | { readonly retryAfter: Duration }
  /** What a channel may return. */
  | Delivery;

/** What it is like is said as of any channel. Default: kind `recording`, no quotas, all else as left out. */
export interface RecordingChannelOptions extends Partial<Omit<Channel, 'send' | 'close'>> {
  /** Whether all attempts fail, or the reason with which they do. Default: false. */
  readonly fail?: boolean | string;
}

/** A channel that keeps what it was given. */
export interface RecordingChannel extends Channel {
  /** What was delivered, and was not taken yet; the first one first. */
  readonly notifications: readonly Notification[];
  /** How often it was asked to deliver, whatever came of it. */
  readonly attempts: number;
  /** Whether all attempts fail, or the reason with which they do; may be set. */
  fail: boolean | string;
  /** Says what the next attempts get, one after the other; those after them get what `fail` says. */
  answerNext(...answers: readonly ChannelAnswer[]): void;
  /** What was delivered since it was last asked. */
  takeAll(): Notification[];
  /** Takes the first one that was delivered, else the next that will be. Does not move the clock. */
  next(): Promise<Notification>;
}

const ANSWERS = ['deliver', 'fail', 'refuse', 'hang', 'throw'] as const;

/**
 * A channel for tests: it reaches nobody, keeps what it was given, and fails as it is told.
 *
 * A service that hangs holds `monitor.close()` up, too, until the clock moves on:
 * `await Promise.all([monitor.close(), clock.advance('10s')])`.
 *
 * @example
 * const channel = recordingChannel();
 * channel.answerNext('fail', { retryAfter: '30s' }, 'hang'); // then it delivers
 * channel.takeAll().map(({ reason, alerts }) => `${reason}: ${alerts[0].title}`);
 * @throws InvalidOptionError naming the option
 */
export function recordingChannel(options: RecordingChannelOptions = {}): RecordingChannel {
  checkChannelOptions('recordingChannel', options, {
    fail: { allowed: 'true, false, or the reason', accepts: value => aBoolean.accepts(value) || aText.accepts(value) },
    kind: aText,
    quotas: someQuotas,
    takesAcknowledgements: aBoolean,
    sendsResolved: aBoolean,
    keepsIncidents: aBoolean,
  });
  const { fail = false, ...traits } = options;
  const answers: ChannelAnswer[] = [];
  const waiting: ((notification: Notification) => void)[] = [];
  let kept: Notification[] = [];
  let attempts = 0;

  return {
    kind: 'recording',
    quotas: [],
    ...traits,
    fail,
    get notifications() {
      return kept;
    },
    get attempts() {
      return attempts;
    },
    answerNext(...next) {
      for (const answer of next) checkAnswer(answer);
      answers.push(...next);
    },
    takeAll() {
      const taken = kept;
      kept = [];
      return taken;
    },
    next() {
      const first = kept.shift();
      return first === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(first);
    },
    async send(notification) {
      attempts++;
      const delivery = await deliveryOf(answers.shift() ?? (this.fail === false ? 'deliver' : 'fail'), this.fail);
      if (!delivery.delivered) return delivery;
      const take = waiting.shift();
      if (take === undefined) kept.push(notification);
      else take(notification);
      return delivery;
    },
  };
}

function checkAnswer(answer: unknown): void {
  if ((ANSWERS as readonly unknown[]).includes(answer)) return;
  const given = (anObject.accepts(answer) ? answer : {}) as Partial<Record<string, unknown>>;
  if (typeof given['delivered'] === 'boolean') return;
  if (!('retryAfter' in given)) throw new InvalidOptionError('answerNext', answer, `${ANSWERS.map(each => `'${each}'`).join(', ')}, { retryAfter: '30s' } or what a channel returns`);
  parseDuration(given['retryAfter'] as Duration, 'answerNext.retryAfter');
}

async function deliveryOf(answer: ChannelAnswer, fail: boolean | string): Promise<Delivery> {
  switch (answer) {
    case 'deliver':
      return { delivered: true };
    case 'fail':
      return { delivered: false, retryable: true, reason: typeof fail === 'string' ? fail : 'the recording channel was told to fail' };
    case 'refuse':
      return { delivered: false, retryable: false, reason: 'the recording channel was told to refuse' };
    case 'throw':
      throw new Error('the recording channel was told to throw');
    case 'hang':
      return new Promise(() => {});
    default:
      return 'delivered' in answer
        ? answer
        : { delivered: false, retryable: true, reason: 'the recording channel was told to ask for time', retryAfterMs: parseDuration(answer.retryAfter, 'retryAfter') };
  }
}
