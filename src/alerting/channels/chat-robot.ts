import { postJson, type FetchLike, type HttpAnswer } from '../../core/json-http.js';
import type { Delivery, SendContext } from './channel.js';
import { deliverByHttp, deliveryOfHttp, failedWithCode, type CodeMeaning } from './http-delivery.js';

/** A service that answers every message with status 200, and says in the body what became of it. */
export interface ChatRobot {
  /** As people write it. */
  readonly name: string;
  /** Where in the body its code stands, and its words; the code is 0 when all is well. */
  readonly codeKey: string;
  readonly wordsKey: string;
  readonly codes: Readonly<Record<number, CodeMeaning>>;
  /** The code for a message that is too long. */
  readonly tooLong: number;
}

/** What is posted. */
export interface RobotRequest {
  readonly url: string;
  readonly body: unknown;
  readonly secrets?: readonly string[];
}

/**
 * Posts a message with all the room there is; and if the service says that this was too much, at once with half of it:
 * services count as they like, and an alert with half of its text is better than none.
 *
 * @param request made afresh for each attempt; `room` in the unit of `maxSize`
 */
export async function postToRobot(
  robot: ChatRobot,
  maxSize: number,
  request: (room: number) => RobotRequest,
  { signal, now, fetch }: SendContext & { readonly fetch?: FetchLike | undefined },
): Promise<Delivery> {
  let code: unknown;
  const attempt = (room: number): Promise<Delivery> => {
    const { url, ...post } = request(room);
    return deliverByHttp(robot.name, postJson(url, { ...post, signal, fetch }), now, answer => {
      code = valueAt(answer, robot.codeKey);
      return deliveryOfCode(robot, answer, code, now);
    });
  };
  const delivery = await attempt(maxSize);
  return code === robot.tooLong ? attempt(Math.floor(maxSize / 2)) : delivery;
}

function deliveryOfCode(robot: ChatRobot, answer: HttpAnswer, code: unknown, now: number): Delivery {
  const byStatus = deliveryOfHttp(robot.name, answer, now);
  if (typeof code !== 'number') {
    // Something else answers in its place, such as a proxy's sign-in page.
    return byStatus.delivered ? { delivered: false, retryable: true, reason: `${robot.name} answered ${answer.status} without ${robot.codeKey}` } : byStatus;
  }
  if (code === 0) return byStatus;
  // One that we don't know may pass; an alert that is lost doesn't come back.
  const meaning = robot.codes[code] ?? (byStatus.delivered ? { retryable: true } : byStatus);
  return failedWithCode(robot.name, answer, code, valueAt(answer, robot.wordsKey), meaning);
}

function valueAt({ json }: HttpAnswer, key: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : undefined;
}
