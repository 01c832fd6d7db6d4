import type { Diagnostics } from '../../core/diagnostics.js';
import { InvalidOptionError } from '../../core/errors.js';

/** Who may read and change alerts. */
export interface AlertsAccess {
  /**
   * Decides by the request (in Koa: the context). A text is the name of who asks, under which alerts are acknowledged and silenced; `true` lets
   * somebody in without one. Anything else, and a throw, answers 403.
   */
  // The framework decides what it is; `any` lets an app write its own type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly authorize: (request: any) => boolean | string | undefined | Promise<boolean | string | undefined>;
}

/** Somebody who may. */
export interface Visitor {
  readonly user: string | undefined;
}

const LONGEST_NAME = 200;

/** @throws InvalidOptionError without an `authorize`: nothing is served to everyone */
export function checkAlertsAccess({ authorize }: Partial<AlertsAccess>): void {
  if (typeof authorize !== 'function') {
    throw new InvalidOptionError('authorize', authorize, "a function of the request that says whether it may, or who it is from: whoever reaches serveAlerts() can read and silence alerts");
  }
}

/** @returns `undefined` for somebody who may not */
export async function visitorOf(request: unknown, { authorize }: AlertsAccess, diagnostics: Diagnostics): Promise<Visitor | undefined> {
  try {
    const answer = await authorize(request);
    if (answer === true) return { user: undefined };
    const user = typeof answer === 'string' ? answer.trim().slice(0, LONGEST_NAME) : '';
    return user === '' ? undefined : { user };
  } catch (error) {
    diagnostics.fault('alerts', '`authorize` failed, so a request was refused', error);
    return undefined;
  }
}
